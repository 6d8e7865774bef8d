//! The one secret of an encrypted cache: [`MasterKey`].

use std::fmt;
use std::str::FromStr;

use zeroize::{Zeroize, Zeroizing};

use super::derive::{self, Hex, Kid};
use crate::{Error, ErrorKind, Result};

/// The secret that the keys of all entries come from: 32 random bytes.
///
/// Make one with `openssl rand -hex 32` and hand it over as text ([`FromStr`]: hexadecimal or base 64) or as bytes
/// (`TryFrom<[u8; 32]>`). What looks like a passphrase is refused: it could be guessed. The secret itself is
/// forgotten at once; what was derived from it is wiped from memory when this is dropped, and can't be copied out. `Debug`
/// shows only its id, 4 bytes that also stand in every envelope made with it.
///
/// # Examples
///
/// ```
/// use ctu_core::{ErrorKind, MasterKey};
///
/// // In a program: std::env::var("CACHE_KEY") or a file that only it can read.
/// let key: MasterKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f".parse()?;
/// assert_eq!(format!("{key:?}"), "MasterKey(05c9a97a)");
///
/// let error = "correct horse battery staple".parse::<MasterKey>().unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Config);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub struct MasterKey(Box<Derived>);

/// Boxed, so that moving the key leaves no copies behind.
struct Derived {
    kid: Kid,
    storage: [u8; 32],
    entry: [u8; 32],
}

const LEN: usize = 32;
/// Fewer among 32 random bytes are as good as impossible.
const MIN_DISTINCT: usize = 16;

impl MasterKey {
    /// A new secret, which ends with this process: for stores that end with it too.
    ///
    /// # Errors
    ///
    /// When the operating system's random generator fails (`Unavailable`).
    pub fn generate() -> Result<Self> {
        let mut secret = Zeroizing::new([0; LEN]);
        derive::random(secret.as_mut())?;
        Ok(Self::derive(&secret))
    }

    fn checked(secret: &[u8; LEN]) -> Result<Self> {
        let printable = secret.iter().all(|byte| (b' '..=b'~').contains(byte));
        let distinct = (0..LEN).filter(|&i| !secret[..i].contains(&secret[i])).count();
        if printable || distinct < MIN_DISTINCT {
            return Err(Error::new(
                ErrorKind::Config,
                "the master key is not random: it looks like a passphrase or a placeholder; make one with \
                 `openssl rand -hex 32`",
            ));
        }
        Ok(Self::derive(secret))
    }

    fn derive(secret: &[u8; LEN]) -> Self {
        let mut id = derive::from_master(derive::KEY_ID, secret);
        let kid = [id[0], id[1], id[2], id[3]];
        id.zeroize();
        let storage = derive::from_master(derive::STORAGE_KEY, secret);
        let entry = derive::from_master(derive::ENTRY_KEY, secret);
        Self(Box::new(Derived { kid, storage, entry }))
    }

    pub(super) fn kid(&self) -> Kid {
        self.0.kid
    }

    /// The secret that the places of entries are made with.
    pub(super) fn storage(&self) -> &[u8; 32] {
        &self.0.storage
    }

    /// The secret that the keys of entries are made with.
    pub(super) fn entry(&self) -> &[u8; 32] {
        &self.0.entry
    }
}

impl Drop for Derived {
    fn drop(&mut self) {
        self.storage.zeroize();
        self.entry.zeroize();
    }
}

impl TryFrom<[u8; 32]> for MasterKey {
    type Error = Error;

    fn try_from(secret: [u8; 32]) -> Result<Self> {
        Self::checked(&Zeroizing::new(secret))
    }
}

/// 32 bytes in hexadecimal, or in base 64 of either alphabet. White space around them is ignored.
impl FromStr for MasterKey {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim();
        let mut secret = Zeroizing::new([0; LEN]);
        let read = match text.len() {
            64 => read_digits(text, 4, hex_digit, &mut secret),
            43 => read_digits(text, 6, base64_digit, &mut secret),
            44 => text.strip_suffix('=').and_then(|text| read_digits(text, 6, base64_digit, &mut secret)),
            _ => None,
        };
        let none = "the master key is neither 64 hexadecimal digits nor the base 64 of 32 bytes; make one with \
                    `openssl rand -hex 32`";
        read.ok_or_else(|| Error::new(ErrorKind::Config, none))?;
        Self::checked(&secret)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({})", Hex(&self.0.kid))
    }
}

/// Fills `out` from digits of `width` bits, the first ones highest; `None` if one is no digit, or bits left over are set.
fn read_digits(text: &str, width: u32, digit: fn(u8) -> Option<u8>, out: &mut [u8; LEN]) -> Option<()> {
    let mut bytes = out.iter_mut();
    let (mut held, mut bits) = (0_u32, 0);
    for character in text.bytes() {
        held = (held << width) | u32::from(digit(character)?);
        bits += width;
        if bits >= 8 {
            bits -= 8;
            *bytes.next()? = (held >> bits).to_be_bytes()[3];
            held &= (1 << bits) - 1;
        }
    }
    (bytes.next().is_none() && held == 0).then_some(())
}

fn hex_digit(character: u8) -> Option<u8> {
    char::from(character).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn base64_digit(character: u8) -> Option<u8> {
    Some(match character {
        b'A'..=b'Z' => character - b'A',
        b'a'..=b'z' => character - b'a' + 26,
        b'0'..=b'9' => character - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Encoding;

    const SECRET: [u8; 32] = [
        0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0xfc, 0xfd, 0xfe, 0xff, //
        0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0xec, 0xed, 0xee, 0xef,
    ];

    fn kid(key: &str) -> Kid {
        key.parse::<MasterKey>().unwrap().kid()
    }

    #[test]
    fn every_form_of_one_secret_is_one_key() {
        let expected = MasterKey::try_from(SECRET).unwrap().kid();
        let (hex, b64, b64u) = (Encoding::B16, Encoding::B64, Encoding::B64u);
        assert_eq!(kid(&hex.encode(&SECRET)), expected);
        assert_eq!(kid(&hex.encode(&SECRET).to_lowercase()), expected);
        assert_eq!(kid(&format!("{}\n", b64.encode(&SECRET))), expected);
        assert_eq!(kid(&b64u.encode(&SECRET)), expected);
        assert_eq!(kid(b64u.encode(&SECRET).trim_end_matches('=')), expected);
    }

    #[test]
    fn what_is_not_32_random_bytes_is_refused_with_the_cure() {
        let hex = |secret: &[u8]| Encoding::B16.encode(secret);
        let mut fifteen = [0; 32];
        fifteen[..15].copy_from_slice(&SECRET[1..16]);
        let mut sixteen = [0; 32];
        sixteen[..16].copy_from_slice(&SECRET[1..17]);
        let good = hex(&SECRET);
        let b64 = Encoding::B64.encode(&SECRET);
        for text in [
            "",
            "secret",
            "correct horse battery staple, correct horse battery staple, once",
            &hex(b"a passphrase of just 32 letters!"),
            &hex(&[0; 32]),
            &hex(&fifteen),
            &good[1..],
            &format!("{good}00"),
            &good.replace('F', "G"),
            &good.replacen('0', "\u{e9}", 1),
            &b64.replace('=', "A"),
            &b64.replace('=', "=="),
            &b64.replace("8=", "9="), // a bit that belongs to no byte
        ] {
            let error = text.parse::<MasterKey>().unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains("openssl rand -hex 32"));
        }
        assert!(MasterKey::try_from(fifteen).is_err());
        assert!(MasterKey::try_from(sixteen).is_ok());
        assert!(MasterKey::try_from(*b"a passphrase of just 32 letters!").is_err());
    }

    #[test]
    fn generated_keys_differ() {
        let key = || MasterKey::generate().unwrap();
        assert_ne!(key().storage(), key().storage());
    }
}
