//! Texts and integers as Python's `json` writes them: ASCII only.

use std::fmt;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Whether the byte stands for itself in a JSON text.
const fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\'
}

/// How many of the first bytes stand for themselves.
fn plain_run(bytes: &[u8]) -> usize {
    let run = plain_blocks::<16>(bytes);
    let run = run + plain_blocks::<8>(&bytes[run..]);
    run + bytes[run..].iter().take_while(|&&byte| is_plain(byte)).count()
}

/// How many of the first bytes are in whole blocks that stand for themselves.
#[inline]
fn plain_blocks<const SIZE: usize>(bytes: &[u8]) -> usize {
    // Without an early exit within a block: the compiler makes vector code of that.
    let is_plain = |block: &&[u8; SIZE]| block.iter().fold(true, |plain, &byte| plain & is_plain(byte));
    bytes.as_chunks::<SIZE>().0.iter().take_while(is_plain).count() * SIZE
}

/// Appends `text` in quotes.
pub(super) fn push_text(out: &mut String, text: &str) {
    out.reserve(text.len() + 2);
    out.push('"');
    push_escaped(out, text);
    out.push('"');
}

fn push_escaped(out: &mut String, text: &str) {
    let mut rest = text;
    loop {
        let (run, tail) = rest.split_at(plain_run(rest.as_bytes()));
        out.push_str(run);
        let mut chars = tail.chars();
        let Some(special) = chars.next() else { return };
        push_escape(out, special);
        rest = chars.as_str();
    }
}

fn push_escape(out: &mut String, special: char) {
    let short = match special {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\u{c}' => "\\f",
        '\u{8}' => "\\b",
        _ => {
            for unit in special.encode_utf16(&mut [0; 2]) {
                out.push_str("\\u");
                for shift in [12, 8, 4, 0] {
                    out.push(char::from(HEX[usize::from((*unit >> shift) & 0xf)]));
                }
            }
            return;
        }
    };
    out.push_str(short);
}

/// Escapes whatever is formatted into it, for a `Display` that is to be a JSON text.
pub(super) struct Escaping<'o>(pub(super) &'o mut String);

impl fmt::Write for Escaping<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        push_escaped(self.0, text);
        Ok(())
    }
}

/// Appends the decimal digits of `value`.
pub(super) fn push_u64(out: &mut String, value: u64) {
    if value >= 100 {
        push_u64(out, value / 100);
    }
    let pair = (value % 100) as usize;
    // The first digit of all is not 0.
    let skipped = usize::from(value < 10);
    out.push_str(&PAIRS[pair * 2 + skipped..pair * 2 + 2]);
}

/// The numbers up to 99, of two digits each: as text, which need not be checked to be text.
const PAIRS: &str = "\
    0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
    5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/// Appends decimal digits.
#[inline]
pub(super) fn push_digits(out: &mut String, digits: &[u8]) {
    // They are ASCII. To have that checked is cheaper than to append them one by one.
    out.push_str(std::str::from_utf8(digits).unwrap_or_default());
}

/// The code units of an escaped text (without its quotes), such that they order as the code points of the text do.
///
/// These are UTF-16 units, with the surrogates, which stand for the highest code points, moved above all others.
pub(super) fn ordered_units(escaped: &str) -> impl Iterator<Item = u32> {
    let mut rest = escaped.as_bytes();
    std::iter::from_fn(move || {
        let unit;
        (unit, rest) = match rest {
            [b'\\', b'u', a, b, c, d, tail @ ..] => {
                ([a, b, c, d].iter().fold(0, |unit, hex| unit * 16 + hex_value(**hex)), tail)
            }
            [b'\\', short, tail @ ..] => (u32::from(unescape(*short)), tail),
            [plain, tail @ ..] => (u32::from(*plain), tail),
            [] => return None,
        };
        Some(if matches!(unit, 0xd800..=0xdfff) { unit + 0x1_0000 } else { unit })
    })
}

fn hex_value(digit: u8) -> u32 {
    char::from(digit).to_digit(16).unwrap_or_default()
}

const fn unescape(short: u8) -> u8 {
    match short {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'f' => 0xc,
        b'b' => 0x8,
        itself => itself,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(text: &str) -> String {
        let mut out = String::new();
        push_text(&mut out, text);
        out
    }

    #[test]
    fn texts_are_ascii_with_short_escapes_and_lower_case_hex() {
        assert_eq!(quoted(""), r#""""#);
        assert_eq!(quoted("a\"b\\c/"), r#""a\"b\\c/""#);
        assert_eq!(quoted("\n\r\t\u{c}\u{8}\0\u{1f}\u{7f}"), r#""\n\r\t\f\b\u0000\u001f\u007f""#);
        assert_eq!(quoted("é\u{ffff}\u{1F600}"), r#""\u00e9\uffff\ud83d\ude00""#);
    }

    #[test]
    fn a_special_character_is_escaped_wherever_it_stands_in_a_block() {
        for length in 0..40 {
            for at in 0..length {
                let mut text = "x".repeat(length);
                text.replace_range(at..=at, "\"");
                assert_eq!(quoted(&text), format!("\"{}\\\"{}\"", "x".repeat(at), "x".repeat(length - at - 1)));
            }
        }
    }

    #[test]
    fn units_of_escaped_texts_order_as_the_code_points_of_the_texts() {
        let texts = [
            "",
            "\0",
            "\n",
            " ",
            "\"",
            "0",
            "A",
            "\\",
            "a",
            "ab",
            "~",
            "\u{7f}",
            "é",
            "\u{d7ff}",
            "\u{e000}",
            "\u{ffff}",
            "\u{10000}",
            "\u{10000}a",
            "\u{10ffff}",
        ];
        for a in texts {
            for b in texts {
                let (x, y) = (quoted(a), quoted(b));
                let order = ordered_units(&x[1..x.len() - 1]).cmp(ordered_units(&y[1..y.len() - 1]));
                assert_eq!(order, a.cmp(b), "{x} {y}");
            }
        }
    }

    #[test]
    fn integers_are_their_digits() {
        let powers = (0..20).map(|exponent| 10_u64.pow(exponent));
        let around = powers.flat_map(|power| [power - 1, power, power + 1]);
        for value in (0..10_000).chain(around).chain([1_234_567_890, u64::MAX]) {
            let mut out = String::new();
            push_u64(&mut out, value);
            assert_eq!(out, value.to_string());
        }
    }
}
