//! Bytes as text: the encodings of Python's `base64` module.

use std::str::FromStr;

use crate::{Error, ErrorKind};

/// A text encoding of bytes, as Python's `base64` module writes it.
///
/// # Examples
///
/// ```
/// use ctu_core::Encoding;
///
/// let encoding: Encoding = "b64".parse()?;
/// assert_eq!(encoding.encode(b"\xfb\xff"), "+/8=");
/// assert_eq!(Encoding::B64u.encode(b"\xfb\xff"), "-_8=");
/// assert_eq!("rot13".parse::<Encoding>().unwrap_err().kind(), ctu_core::ErrorKind::Config);
/// # Ok::<(), ctu_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Encoding {
    /// Base 64 with `+` and `/`, padded: `b64encode`. The default, as the seed's.
    #[default]
    B64,
    /// Base 64 with `-` and `_`, padded, for urls and file names: `urlsafe_b64encode`.
    B64u,
    /// Base 32 with `A` to `Z` and `2` to `7`, padded: `b32encode`.
    B32,
    /// Base 32 with `0` to `9` and `A` to `V`, padded, which sorts as the bytes do: `b32hexencode`.
    B32x,
    /// Hexadecimal in upper case: `b16encode`.
    B16,
    /// Ascii85 with `z` for four zero bytes: `a85encode`.
    A85,
    /// Base 85 as git and Mercurial write it: `b85encode`. See [`decode_b85`].
    B85,
}

const B64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const B64U: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const B32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const B32X: &[u8; 32] = b"0123456789ABCDEFGHIJKLMNOPQRSTUV";
const B16: &[u8; 16] = b"0123456789ABCDEF";
const A85: &[u8; 85] = b"!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstu";
const B85: &[u8; 85] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

impl Encoding {
    /// The text of `bytes`: ASCII, empty if they are.
    pub fn encode(self, bytes: &[u8]) -> String {
        match self {
            Self::B64 => encode_bits(bytes, B64, 6, 4),
            Self::B64u => encode_bits(bytes, B64U, 6, 4),
            Self::B32 => encode_bits(bytes, B32, 5, 8),
            Self::B32x => encode_bits(bytes, B32X, 5, 8),
            Self::B16 => encode_bits(bytes, B16, 4, 2),
            Self::A85 => encode_85(bytes, A85, true),
            Self::B85 => encode_85(bytes, B85, false),
        }
    }
}

impl FromStr for Encoding {
    type Err = Error;

    /// By the seed's names: `b64`, `b64u`, `b32`, `b32x`, `b16`, `a85` and `b85`.
    fn from_str(name: &str) -> Result<Self, Error> {
        Ok(match name {
            "b64" => Self::B64,
            "b64u" => Self::B64u,
            "b32" => Self::B32,
            "b32x" => Self::B32x,
            "b16" => Self::B16,
            "a85" => Self::A85,
            "b85" => Self::B85,
            _ => {
                return Err(Error::new(
                    ErrorKind::Config,
                    "unknown encoding: it is one of b64, b64u, b32, b32x, b16, a85 and b85",
                ));
            }
        })
    }
}

/// Each `width` bits as one character, the last ones filled up with zeros, padded to a multiple of `group` characters.
fn encode_bits(bytes: &[u8], alphabet: &[u8], width: u32, group: usize) -> String {
    let mut out = String::with_capacity((bytes.len() * 8).div_ceil(width as usize).next_multiple_of(group));
    let (mut held, mut bits) = (0_u32, 0);
    let character = |held: u32| char::from(alphabet[held as usize & (alphabet.len() - 1)]);
    for &byte in bytes {
        held = (held << 8) | u32::from(byte);
        bits += 8;
        while bits >= width {
            bits -= width;
            out.push(character(held >> bits));
        }
    }
    if bits > 0 {
        out.push(character(held << (width - bits)));
    }
    while !out.len().is_multiple_of(group) {
        out.push('=');
    }
    out
}

/// Each four bytes as five characters; the last one to three, filled up with zeros, as one character more than bytes.
fn encode_85(bytes: &[u8], alphabet: &[u8; 85], fold_zeros: bool) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(4) * 5);
    for chunk in bytes.chunks(4) {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        let mut word = u32::from_be_bytes(word);
        if fold_zeros && word == 0 && chunk.len() == 4 {
            out.push('z');
            continue;
        }
        let mut characters = ['\0'; 5];
        for character in characters.iter_mut().rev() {
            *character = char::from(alphabet[(word % 85) as usize]);
            word /= 85;
        }
        out.extend(&characters[..=chunk.len()]);
    }
    out
}

/// The bytes that `text` is the base 85 of, as Python's `b85decode` reads it.
///
/// Python reads more than it writes: a last group of one character is no byte, and digits beyond those that a last
/// group needs may be any. `None` for a character that is not a digit of base 85 or a group above 32 bits.
///
/// # Examples
///
/// ```
/// use ctu_core::{Encoding, decode_b85};
///
/// assert_eq!(decode_b85(&Encoding::B85.encode(b"Hello")).as_deref(), Some(&b"Hello"[..]));
/// assert_eq!(decode_b85("~~~~~"), None);
/// assert_eq!(decode_b85("a b"), None);
/// ```
pub fn decode_b85(text: &str) -> Option<Vec<u8>> {
    const DIGITS: [Option<u32>; 128] = digits();
    let mut out = Vec::with_capacity(text.len().div_ceil(5) * 4);
    for chunk in text.as_bytes().chunks(5) {
        let mut word = 0_u64; // 85 to the fifth is more than 32 bits hold
        for i in 0..5 {
            let digit = *DIGITS.get(usize::from(*chunk.get(i).unwrap_or(&b'~')))?;
            word = word * 85 + u64::from(digit?);
        }
        out.extend_from_slice(&u32::try_from(word).ok()?.to_be_bytes()[..chunk.len() - 1]);
    }
    Some(out)
}

/// The value of each ASCII character as a digit of base 85.
const fn digits() -> [Option<u32>; 128] {
    let mut digits = [None; 128];
    let mut value = 0;
    while value < 85 {
        digits[B85[value as usize] as usize] = Some(value);
        value += 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Encoding; 7] =
        [Encoding::B64, Encoding::B64u, Encoding::B32, Encoding::B32x, Encoding::B16, Encoding::A85, Encoding::B85];

    #[test]
    fn texts_are_those_of_python() {
        // [getattr(base64, f)(x).decode() for f in ("b64encode", "urlsafe_b64encode", ...)]
        for (bytes, texts) in [
            (&b""[..], ["", "", "", "", "", "", ""]),
            (&b"\x00"[..], ["AA==", "AA==", "AA======", "00======", "00", "!!", "00"]),
            (&b"\x01\x02"[..], ["AQI=", "AQI=", "AEBA====", "0410====", "0102", "!<N", "0Rj"]),
            (&b"\xfb\xff\xfe"[..], ["+//+", "-__-", "7P774===", "VFVVS===", "FBFFFE", "qu?W", "`~Us"]),
            (&b"\x00\x00\x00\x00"[..], ["AAAAAA==", "AAAAAA==", "AAAAAAA=", "0000000=", "00000000", "z", "00000"]),
            (
                &b"\x00\x00\x00\x00\x00\x00"[..],
                ["AAAAAAAA", "AAAAAAAA", "AAAAAAAAAA======", "0000000000======", "000000000000", "z!!!", "00000000"],
            ),
            (
                &b"\xff\xff\xff\xff\xff"[..],
                ["//////8=", "______8=", "77777777", "VVVVVVVV", "FFFFFFFFFF", "s8W-!rr", "|NsC0{{"],
            ),
            (
                &b"\x48\x65\x6c\x6c\x6f\x20\x57\x6f\x72\x6c\x64\x21"[..],
                [
                    "SGVsbG8gV29ybGQh",
                    "SGVsbG8gV29ybGQh",
                    "JBSWY3DPEBLW64TMMQQQ====",
                    "91IMOR3F41BMUSJCCGGG====",
                    "48656C6C6F20576F726C6421",
                    "87cURD]i,\"Ebo80",
                    "NM&qnZy;B1a%^NF",
                ],
            ),
        ] {
            assert_eq!(ALL.map(|encoding| encoding.encode(bytes)), texts);
        }
    }

    #[test]
    fn what_base_85_writes_it_reads() {
        let bytes: Vec<u8> = (0..=255).rev().chain([0; 9]).chain([255; 9]).collect();
        for start in 0..bytes.len() {
            for end in start..bytes.len().min(start + 12) {
                let slice = &bytes[start..end];
                assert_eq!(decode_b85(&Encoding::B85.encode(slice)).as_deref(), Some(slice));
            }
        }
    }

    #[test]
    fn hostile_base_85_is_read_as_python_does_or_not_at_all() {
        // Each as base64.b85decode has it.
        for (text, bytes) in [
            ("", Some(&b""[..])),
            ("0", Some(&b""[..])),
            ("~", None),
            ("a", Some(&b""[..])),
            ("~~~~~", None),
            ("|NsC0", Some(&b"\xff\xff\xff\xff"[..])),
            ("|NsC1", None),
            ("|NsC", None),
            ("|Ns", None),
            ("|N", None),
            ("|", None),
            ("00", Some(&b"\x00"[..])),
            ("0~", Some(&b"\x03"[..])),
            ("01", Some(&b"\x00"[..])),
            ("a b", None),
            ("\n", None),
            ("\0", None),
            ("é", None),
            ("\"", None),
            ("0000", Some(&b"\x00\x00\x00"[..])),
            ("00000é", None),
            ("01234~", None),
            ("VPRom~", None),
        ] {
            assert_eq!(decode_b85(text).as_deref(), bytes, "{text}");
        }
    }

    #[test]
    fn a_name_is_an_encoding_or_an_error_that_lists_them() {
        let names = ["b64", "b64u", "b32", "b32x", "b16", "a85", "b85"];
        assert_eq!(names.map(|name| name.parse::<Encoding>().unwrap()), ALL);
        let error = "B64".parse::<Encoding>().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(names.iter().all(|name| error.to_string().contains(name)));
    }
}
