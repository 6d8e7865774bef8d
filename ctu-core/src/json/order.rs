//! The order of an object's keys, as Python's `sort_keys` has it, told from the text already written.

use std::cmp::Ordering;
use std::ops::Range;

use super::refusal::Refusal;
use super::text::ordered_units;

/// What the keys of one object are. Python orders each kind in its own way, and has no order between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyKind {
    /// By code point.
    Text,
    /// By value, as they are before they become text. A bool is 0 or 1.
    Number,
}

impl KeyKind {
    /// The order of two keys, as written between their quotes.
    pub(super) fn compare(self, a: &str, b: &str) -> Ordering {
        match self {
            Self::Text => compare_texts(a, b),
            Self::Number => number(a).cmp(&number(b)),
        }
    }
}

fn compare_texts(a: &str, b: &str) -> Ordering {
    if a.contains('\\') || b.contains('\\') {
        return ordered_units(a).cmp(ordered_units(b));
    }
    a.cmp(b)
}

/// A number that was written by this module, exactly, as a tuple that orders as the number does: whether it is not
/// negative, its whole part, and the bits of the rest; the latter two inverted if it is negative.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a float is cast once known to be whole and to fit
fn number(text: &str) -> (bool, u128, u64) {
    const TWO_TO_128: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;
    let magnitude = text.trim_start_matches('-');
    let (whole, rest) = match (magnitude, magnitude.parse::<u128>()) {
        ("true", _) => (1, 0.0),
        (_, Ok(whole)) => (whole, 0.0),
        _ => match magnitude.parse::<f64>().unwrap_or_default() {
            float if float < TWO_TO_128 => (float.trunc() as u128, float.fract()),
            // Above every integer, and in order among themselves.
            float => (u128::MAX, float),
        },
    };
    if magnitude.len() < text.len() && (whole > 0 || rest > 0.0) {
        (false, !whole, !rest.to_bits())
    } else {
        (true, whole, rest.to_bits())
    }
}

/// Puts the entries of the object whose unfinished text begins at `open` (its brace) into the order of their keys.
///
/// The text is read again to find the entries, so that an object whose entries came in order allocates nothing for it.
pub(super) fn sort_object(out: &mut String, open: usize, kind: KeyKind) -> Result<(), Refusal> {
    let text = out.split_off(open + 1);
    let mut entries = entries(&text);
    match kind {
        KeyKind::Text => entries.sort_unstable_by(|a, b| compare_texts(&text[a.key.clone()], &text[b.key.clone()])),
        KeyKind::Number => entries.sort_by_cached_key(|entry| number(&text[entry.key.clone()])),
    }
    let same = |pair: &[Entry]| kind.compare(&text[pair[0].key.clone()], &text[pair[1].key.clone()]).is_eq();
    if entries.windows(2).any(same) {
        return Err(Refusal::DuplicateKey);
    }
    out.reserve(text.len() + 1);
    for (i, entry) in entries.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        out.push_str(&text[entry.all.clone()]);
    }
    Ok(())
}

struct Entry {
    all: Range<usize>,
    /// Without its quotes.
    key: Range<usize>,
}

/// The entries of an object's text, without its braces.
fn entries(text: &str) -> Vec<Entry> {
    let bytes = text.as_bytes();
    let mut entries = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let key_end = string_end(bytes, at);
        let end = value_end(bytes, key_end + 2);
        entries.push(Entry { all: at..end, key: at + 1..key_end });
        at = end + 1;
    }
    entries
}

/// Where the closing quote is of the string that opens at `at`.
fn string_end(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at
}

/// Where the value that begins at `at` ends.
fn value_end(bytes: &[u8], mut at: usize) -> usize {
    let mut depth = 0_usize;
    while at < bytes.len() {
        match bytes[at] {
            b',' if depth == 0 => break,
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth -= 1,
            b'"' => at = string_end(bytes, at),
            _ => {}
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_order_by_value_whatever_their_types() {
        let ordered = [
            "-1e+300",
            "-340282366920938463463374607431768211455",
            "-12",
            "-9.5",
            "-9",
            "-0.5",
            "-5e-324",
            "false",
            "0.25",
            "true",
            "1.5",
            "9",
            "12",
            "18446744073709551616",
            "340282366920938463463374607431768211455",
            "3.402823669209385e+38",
            "1e+300",
        ];
        for (i, a) in ordered.iter().enumerate() {
            for (j, b) in ordered.iter().enumerate() {
                assert_eq!(KeyKind::Number.compare(a, b), i.cmp(&j), "{a} {b}");
            }
        }
        for (a, b) in [("0", "-0.0"), ("1", "true"), ("0.0", "false"), ("2", "2.0")] {
            assert!(KeyKind::Number.compare(a, b).is_eq());
        }
    }

    #[test]
    fn entries_are_moved_whole() {
        let mut out = r#"x{"b":[1,{"z":"},\""}],"a\"":{"q":[],"r":2},"a":"]","":null"#.to_owned();
        sort_object(&mut out, 1, KeyKind::Text).unwrap();
        assert_eq!(out, r#"x{"":null,"a":"]","a\"":{"q":[],"r":2},"b":[1,{"z":"},\""}]"#);
    }

    #[test]
    fn law1_exact_a_duplicate_that_is_not_adjacent_is_found() {
        let mut out = r#"{"b":1,"a":2,"b":3"#.to_owned();
        assert_eq!(sort_object(&mut out, 0, KeyKind::Text), Err(Refusal::DuplicateKey));
    }
}
