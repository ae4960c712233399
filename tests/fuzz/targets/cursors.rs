//! Cursors: nothing made up is taken, and of a real one neither another letter nor another list.
#![no_main]

use lambda::CursorKey;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let key = CursorKey::new(b"a secret that no input knows");
    let text = String::from_utf8_lossy(data);
    assert!(key.read::<Value>("applications", &text).is_err(), "made up: {text}");

    let (&place, data) = data.split_first().unwrap_or((&0, data));
    let position = (place, String::from_utf8_lossy(data).into_owned());
    let cursor = key.write("applications", &position).unwrap();
    assert_eq!(key.read("applications", &cursor), Ok(position));
    assert!(
        cursor
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    );
    assert!(key.read::<Value>("application", &cursor).is_err());
    let mut other = cursor.clone().into_bytes();
    let place = usize::from(place) % other.len();
    other[place] = if other[place] == b'A' { b'B' } else { b'A' };
    let other = String::from_utf8(other).unwrap();
    assert!(
        key.read::<Value>("applications", &other).is_err(),
        "{other} passes for {cursor}"
    );
    assert!(key.read::<Value>("applications", &cursor[..cursor.len() - 1]).is_err());
});
