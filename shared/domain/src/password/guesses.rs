//! How soon somebody who guesses comes to a password, whatever kinds of characters it has.

/// Words and passwords in lower case, a line each; lines with `#` say where they come from. Only what sets passwords links it.
const COMMON: &str = include_str!("common.txt");

/// What lies side by side: in the alphabet, in counting, and on German and English keyboards.
const ROWS: [&str; 13] = [
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertzuiopü",
    "qwertyuiop[]",
    "asdfghjklöä",
    "asdfghjkl;'",
    "yxcvbnm,.-",
    "zxcvbnm,./",
    "1qay2wsx3edc4rfv5tgb6zhn7ujm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "1q2w3e4r5t6z7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "1a2b3c4d5e6f7g8h9i",
];

/// Of how many parts the text is made: a common word, one of `words`, a year and a row of characters (as in `1234`,
/// `aaa`, `qwertz`) are one part each, whatever their length, and so is each other character. What only repeats its
/// beginning has no more parts than that.
pub(super) fn parts(text: &str, words: &[String]) -> usize {
    let lower: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let text = repeated_unit(&lower);
    let mut parts = 0;
    let mut rest = text;
    while let [_, ..] = rest {
        let known = COMMON.lines().filter(|line| !line.starts_with('#'));
        let words = known.chain(words.iter().map(String::as_str));
        let word = words.filter_map(|word| word_length(rest, word)).max().unwrap_or(1);
        let longest = word.max(row_length(rest)).max(year_length(rest));
        rest = &rest[longest..];
        parts += 1;
    }
    parts
}

/// The shortest beginning that, written again and again, gives the whole.
fn repeated_unit(text: &[char]) -> &[char] {
    let repeats = |length: &usize| text.iter().zip(&text[*length..]).all(|(before, here)| before == here);
    &text[..(1..text.len()).find(repeats).unwrap_or(text.len())]
}

/// As many characters as the word has, if the text begins with it, also in a disguise such as `p4$$w0rd`.
fn word_length(text: &[char], word: &str) -> Option<usize> {
    let mut length = 0;
    for letter in word.chars() {
        let written = text.get(length)?;
        let same = *written == letter
            || matches!(
                (written, letter),
                ('0', 'o') | ('1' | '!', 'i' | 'l') | ('3', 'e') | ('4' | '@', 'a') | ('5' | '$', 's') | ('7', 't')
            );
        if !same {
            return None;
        }
        length += 1;
    }
    Some(length)
}

/// How long the text goes on along a row, forwards or backwards, or with the same character; from three on.
fn row_length(text: &[char]) -> usize {
    let same = text.iter().take_while(|letter| Some(*letter) == text.first()).count();
    let along = |row: &[char]| {
        let starts = (0..row.len()).map(|start| {
            let together = text.iter().zip(&row[start..]);
            together.take_while(|(written, next)| written == next).count()
        });
        starts.max().unwrap_or(0)
    };
    let rows = ROWS.iter().map(|row| {
        let mut row: Vec<char> = row.chars().collect();
        let forwards = along(&row);
        row.reverse();
        forwards.max(along(&row))
    });
    let longest = rows.max().unwrap_or(0).max(same);
    if longest < 3 { 1 } else { longest }
}

fn year_length(text: &[char]) -> usize {
    match text {
        ['1', '9', decade, year, ..] | ['2', '0', decade, year, ..]
            if decade.is_ascii_digit() && year.is_ascii_digit() =>
        {
            4
        }
        _ => 1,
    }
}
