//! What lies deflated (RFC 1951) in the table: DynamoDB charges by the kilobyte begun, and a transaction twice.

use aws_sdk_dynamodb::{primitives::Blob, types::AttributeValue};
use miniz_oxide::{deflate::compress_to_vec, inflate::decompress_to_vec_with_limit};

use crate::{error::StoreError, item::Item};

/// Smallest, as fast as items of a few kilobytes need it.
const LEVEL: u8 = 9;
/// In bytes: far beyond what an item can hold of mails or of texts.
const MOST_INFLATED: usize = 16 << 20;

pub(crate) fn deflate(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(compress_to_vec(bytes, LEVEL)))
}

pub(crate) fn inflate(value: &AttributeValue) -> Result<Vec<u8>, StoreError> {
    let deflated = value.as_b().map_err(|_| StoreError::NotDeflated)?;
    decompress_to_vec_with_limit(deflated.as_ref(), MOST_INFLATED).map_err(|_| StoreError::NotDeflated)
}

/// Deflates a text attribute if that makes it smaller. It is then of the type binary.
pub(crate) fn deflate_text(item: &mut Item, name: &str) {
    let Some(AttributeValue::S(text)) = item.get(name) else {
        return;
    };
    let deflated = compress_to_vec(text.as_bytes(), LEVEL);
    if deflated.len() < text.len() {
        item.insert(name.to_owned(), AttributeValue::B(Blob::new(deflated)));
    }
}

/// The attribute as text again.
pub(crate) fn inflate_text(item: &mut Item, name: &str) -> Result<(), StoreError> {
    if let Some(value @ AttributeValue::B(_)) = item.get(name) {
        let text = String::from_utf8(inflate(value)?).map_err(|_| StoreError::NotDeflated)?;
        item.insert(name.to_owned(), AttributeValue::S(text));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(text: &str) -> Item {
        Item::from([("content".to_owned(), AttributeValue::S(text.to_owned()))])
    }

    #[test]
    fn a_long_text_becomes_smaller_and_comes_back_as_it_was() {
        let text = "Sehr geehrte Frau Hölzlhammer, vielen Dank für Ihre Bewerbung. ".repeat(20);
        let mut changed = item(&text);
        deflate_text(&mut changed, "content");
        assert!(changed["content"].as_b().unwrap().as_ref().len() < text.len() / 8);
        inflate_text(&mut changed, "content").unwrap();
        assert_eq!(changed, item(&text));
    }

    #[test]
    fn a_text_that_would_grow_stays_text() {
        let mut changed = item("{}");
        deflate_text(&mut changed, "content");
        assert_eq!(changed, item("{}"));
        inflate_text(&mut changed, "content").unwrap();
        assert_eq!(changed, item("{}"));
    }

    #[test]
    fn bytes_that_are_nothing_deflated_are_an_error() {
        let mut broken = Item::from([("content".to_owned(), AttributeValue::B(Blob::new([255, 255, 255])))]);
        assert!(matches!(
            inflate_text(&mut broken, "content"),
            Err(StoreError::NotDeflated)
        ));
        assert!(inflate(&AttributeValue::S("text".to_owned())).is_err());
    }

    #[test]
    fn what_would_inflate_without_end_is_refused() {
        let bomb = deflate(&vec![0; MOST_INFLATED + 1]);
        assert!(inflate(&bomb).is_err());
    }
}
