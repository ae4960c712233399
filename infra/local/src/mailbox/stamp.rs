//! Replaces header fields of a mail without touching anything else.

/// The mail with these fields at the end of its first header block, instead of those of the same names there.
pub fn replace_headers(raw: &[u8], fields: &[(&str, &str)]) -> Vec<u8> {
    let mut stamped = Vec::with_capacity(raw.len() + 256);
    let mut rest = raw;
    let mut dropping = false;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(
            rest.iter()
                .position(|byte| *byte == b'\n')
                .map_or(rest.len(), |at| at + 1),
        );
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
        // A line that begins with white space belongs to the field before it.
        if !matches!(line.first(), Some(b' ' | b'\t')) {
            let name = line
                .split(|byte| *byte == b':')
                .next()
                .unwrap_or_default()
                .trim_ascii_end();
            dropping = fields
                .iter()
                .any(|(field, _)| name.eq_ignore_ascii_case(field.as_bytes()));
        }
        if !dropping {
            stamped.extend_from_slice(line);
        }
        rest = after;
    }
    if !stamped.is_empty() && !stamped.ends_with(b"\n") {
        stamped.extend_from_slice(b"\r\n");
    }
    for (name, value) in fields {
        stamped.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
    }
    stamped.extend_from_slice(rest);
    stamped
}

#[cfg(test)]
mod tests {
    fn stamped(raw: &str) -> String {
        String::from_utf8(super::replace_headers(
            raw.as_bytes(),
            &[("Message-ID", "<1@ses>"), ("Date", "now")],
        ))
        .unwrap()
    }

    #[test]
    fn fields_are_replaced_in_the_first_block_only() {
        let raw = "From: a@b.c\r\nmessage-id:\r\n <old@x>\r\nDATE : then\r\nSubject: x\r\n Date: folded\r\n\r\nDate: text\r\n";
        let expected =
            "From: a@b.c\r\nSubject: x\r\n Date: folded\r\nMessage-ID: <1@ses>\r\nDate: now\r\n\r\nDate: text\r\n";
        assert_eq!(stamped(raw), expected);
    }

    #[test]
    fn fields_are_added_where_there_are_none() {
        assert_eq!(
            stamped("Dated: x\n\nText"),
            "Dated: x\nMessage-ID: <1@ses>\r\nDate: now\r\n\nText"
        );
        assert_eq!(stamped("\r\nText"), "Message-ID: <1@ses>\r\nDate: now\r\n\r\nText");
        assert_eq!(
            stamped("Subject: x"),
            "Subject: x\r\nMessage-ID: <1@ses>\r\nDate: now\r\n"
        );
    }
}
