//! The bytes that are stored: a header in clear, and the value, padded, encrypted and authenticated with all the rest.
//!
//! | offset | field |
//! |---|---|
//! | 0 | 0xC1, which starts neither UTF-8 nor MessagePack |
//! | 1 | suite |
//! | 2 | id of the master key, 4 bytes |
//! | 6 | issued at, milliseconds since the epoch, 8 bytes |
//! | 14 | expires at, the same; all ones: never |
//! | 22 | nonce, 24 bytes, of which a suite may use fewer; the rest is zero |
//! | 46 | ciphertext of: length of the value, 4 bytes; the value; zeros up to one of few lengths |
//! | end - 16 | tag |
//!
//! Numbers have their highest byte first. The tag also covers the place where the envelope is stored.

use bytes::{Bytes, BytesMut};
use chacha20poly1305::aead::{AeadInOut, KeyInit, Nonce, Tag, array::Array};
use chacha20poly1305::{KeySizeUser, XChaCha20Poly1305};

use super::Rejection;
use super::derive::Kid;
use super::padme::padme;

/// How envelopes are encrypted and authenticated. Those of every suite that is built in are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Suite {
    /// XChaCha20-Poly1305: fast on every machine, and nonces that never repeat.
    #[default]
    XChaCha20Poly1305,
    /// AES-256-GCM-SIV, for where it must be AES.
    #[cfg(feature = "encryption-aes")]
    Aes256GcmSiv,
}

/// When an envelope was made and when it ends, in milliseconds since the epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) issued_at: u64,
    /// [`NEVER`], or the first moment at which it is not accepted any more.
    pub(super) expires_at: u64,
}

/// What an envelope is bound to.
pub(super) struct Binding<'a> {
    pub(super) kid: Kid,
    pub(super) skey: &'a [u8; 32],
    pub(super) ekey: &'a [u8; 32],
}

pub(super) const NEVER: u64 = u64::MAX;
pub(super) const NONCE_LEN: usize = 24;

const MAGIC: u8 = 0xC1;
const NONCE_AT: usize = 22;
const BODY_AT: usize = NONCE_AT + NONCE_LEN;
const TAG_LEN: usize = 16;
/// The length of the value, before it.
const LEN_LEN: usize = 4;
/// The shortest body: short values all look alike.
const MIN_BODY_LEN: usize = 64;
const SKEY_LEN: usize = 32;

impl Suite {
    const fn id(self) -> u8 {
        match self {
            Self::XChaCha20Poly1305 => 1,
            #[cfg(feature = "encryption-aes")]
            Self::Aes256GcmSiv => 2,
        }
    }

    const fn from_id(id: u8) -> Option<Self> {
        match id {
            1 => Some(Self::XChaCha20Poly1305),
            #[cfg(feature = "encryption-aes")]
            2 => Some(Self::Aes256GcmSiv),
            _ => None,
        }
    }

    /// How much of the nonce it uses.
    const fn nonce_len(self) -> usize {
        match self {
            Self::XChaCha20Poly1305 => NONCE_LEN,
            #[cfg(feature = "encryption-aes")]
            Self::Aes256GcmSiv => 12,
        }
    }

    fn encrypt(self, key: &[u8; 32], nonce: &[u8], aad: &[u8], body: &mut [u8]) -> Option<[u8; TAG_LEN]> {
        match self {
            Self::XChaCha20Poly1305 => encrypt::<XChaCha20Poly1305>(key, nonce, aad, body),
            #[cfg(feature = "encryption-aes")]
            Self::Aes256GcmSiv => encrypt::<aes_gcm_siv::Aes256GcmSiv>(key, nonce, aad, body),
        }
    }

    fn decrypt(self, key: &[u8; 32], nonce: &[u8], aad: &[u8], body: &mut [u8], tag: &[u8]) -> Option<()> {
        match self {
            Self::XChaCha20Poly1305 => decrypt::<XChaCha20Poly1305>(key, nonce, aad, body, tag),
            #[cfg(feature = "encryption-aes")]
            Self::Aes256GcmSiv => decrypt::<aes_gcm_siv::Aes256GcmSiv>(key, nonce, aad, body, tag),
        }
    }
}

/// Encrypts in place. `None`: longer than the algorithm allows, 64 GiB or more.
fn encrypt<A: AeadInOut + KeyInit>(key: &[u8; 32], nonce: &[u8], aad: &[u8], body: &mut [u8]) -> Option<[u8; TAG_LEN]> {
    let key = <&Array<u8, <A as KeySizeUser>::KeySize>>::try_from(&key[..]).ok()?;
    let nonce = <&Nonce<A>>::try_from(nonce).ok()?;
    let tag = A::new(key).encrypt_inout_detached(nonce, aad, body.into()).ok()?;
    tag.as_slice().try_into().ok()
}

/// Decrypts in place. `None`: not authentic, and `body` is then worth nothing.
fn decrypt<A: AeadInOut + KeyInit>(
    key: &[u8; 32],
    nonce: &[u8],
    aad: &[u8],
    body: &mut [u8],
    tag: &[u8],
) -> Option<()> {
    let key = <&Array<u8, <A as KeySizeUser>::KeySize>>::try_from(&key[..]).ok()?;
    let nonce = <&Nonce<A>>::try_from(nonce).ok()?;
    let tag = <&Tag<A>>::try_from(tag).ok()?;
    A::new(key).decrypt_inout_detached(nonce, aad, body.into(), tag).ok()
}

/// What is authenticated besides the body.
fn aad(header: &[u8], skey: &[u8; SKEY_LEN]) -> [u8; NONCE_AT + SKEY_LEN] {
    let mut aad = [0; NONCE_AT + SKEY_LEN];
    aad[..NONCE_AT].copy_from_slice(&header[..NONCE_AT]);
    aad[NONCE_AT..].copy_from_slice(skey);
    aad
}

fn body_len(value_len: usize) -> Option<usize> {
    padme(value_len.checked_add(LEN_LEN)?.max(MIN_BODY_LEN))
}

/// The envelope of `value`; `None`: the value is 4 GiB or longer.
pub(super) fn seal(
    suite: Suite,
    binding: &Binding<'_>,
    times: Times,
    nonce: &[u8; NONCE_LEN],
    value: &[u8],
) -> Option<Bytes> {
    let len = u32::try_from(value.len()).ok()?;
    let body_len = body_len(value.len())?;
    let mut out = Vec::with_capacity(BODY_AT.checked_add(body_len)?.checked_add(TAG_LEN)?);
    out.extend_from_slice(&[MAGIC, suite.id()]);
    out.extend_from_slice(&binding.kid);
    out.extend_from_slice(&times.issued_at.to_be_bytes());
    out.extend_from_slice(&times.expires_at.to_be_bytes());
    out.extend_from_slice(&nonce[..suite.nonce_len()]);
    out.resize(BODY_AT, 0);
    out.extend_from_slice(&len.to_be_bytes());
    out.extend_from_slice(value);
    out.resize(BODY_AT + body_len, 0);
    let aad = aad(&out, binding.skey);
    let tag = suite.encrypt(binding.ekey, &nonce[..suite.nonce_len()], &aad, &mut out[BODY_AT..])?;
    out.extend_from_slice(&tag);
    Some(out.into())
}

/// The parts of an envelope in clear. Nothing in it is to be believed before [`open`](Header::open) has succeeded.
pub(super) struct Header {
    suite: Suite,
    times: Times,
}

impl Header {
    /// That of `stored`, if it has a body and the id of the binding's master key.
    pub(super) fn read(stored: &[u8], kid: Kid) -> Result<Self, Rejection> {
        let [MAGIC, suite, rest @ ..] = stored else { return Err(Rejection::Magic) };
        if stored.len() < BODY_AT + MIN_BODY_LEN + TAG_LEN {
            return Err(Rejection::Magic);
        }
        let suite = Suite::from_id(*suite).ok_or(Rejection::Suite)?;
        let (found, rest) = rest.split_first_chunk::<4>().ok_or(Rejection::Magic)?;
        if *found != kid {
            return Err(Rejection::Kid);
        }
        let (issued_at, rest) = rest.split_first_chunk().ok_or(Rejection::Magic)?;
        let (expires_at, _) = rest.split_first_chunk().ok_or(Rejection::Magic)?;
        let times = Times { issued_at: u64::from_be_bytes(*issued_at), expires_at: u64::from_be_bytes(*expires_at) };
        Ok(Self { suite, times })
    }

    /// The times, and the value once `check` has accepted them.
    pub(super) fn open(
        self,
        stored: Bytes,
        binding: &Binding<'_>,
        check: impl FnOnce(Times) -> Result<(), Rejection>,
    ) -> Result<(Times, Bytes), Rejection> {
        // In place where nobody else holds the bytes, as when they have come from a server.
        let mut stored = stored.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
        let aad = aad(&stored, binding.skey);
        let tag_at = stored.len() - TAG_LEN; // `read` has seen to the least length
        let (head, tag) = stored.split_at_mut(tag_at);
        let (head, body) = head.split_at_mut(BODY_AT);
        let (nonce, rest) = head[NONCE_AT..].split_at(self.suite.nonce_len());
        if rest.iter().any(|&byte| byte != 0) {
            return Err(Rejection::Tag); // else it could be changed unseen
        }
        self.suite.decrypt(binding.ekey, nonce, &aad, body, tag).ok_or(Rejection::Tag)?;
        check(self.times)?;
        let len = value_len(body)?;
        let start = BODY_AT + LEN_LEN;
        Ok((self.times, stored.freeze().slice(start..start + len)))
    }
}

/// The length of the value in an authentic body.
fn value_len(body: &[u8]) -> Result<usize, Rejection> {
    let (len, rest) = body.split_first_chunk().ok_or(Rejection::Length)?;
    let len = u32::from_be_bytes(*len) as usize;
    if body_len(len) != Some(body.len()) {
        return Err(Rejection::Length);
    }
    let padding = rest.get(len..).ok_or(Rejection::Length)?;
    if padding.iter().any(|&byte| byte != 0) {
        return Err(Rejection::Padding);
    }
    Ok(len)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times { issued_at: 1, expires_at: NEVER };

    /// The envelope of this body, whatever it says: only somebody with the master key can make it.
    fn forged(body: &[u8]) -> Bytes {
        let binding = binding();
        let mut out = [&[MAGIC, 1][..], &binding.kid, &1_u64.to_be_bytes(), &NEVER.to_be_bytes()].concat();
        out.extend_from_slice(&[7; NONCE_LEN]);
        let aad = aad(&out, binding.skey);
        let mut body = body.to_vec();
        let tag = Suite::default().encrypt(binding.ekey, &[7; NONCE_LEN], &aad, &mut body).unwrap();
        [&out[..], &body, &tag].concat().into()
    }

    fn binding() -> Binding<'static> {
        Binding { kid: [1, 2, 3, 4], skey: &[5; 32], ekey: &[6; 32] }
    }

    fn open(stored: &Bytes) -> Result<Bytes, Rejection> {
        let header = Header::read(stored, binding().kid)?;
        header.open(stored.clone(), &binding(), |_| Ok(())).map(|(_, value)| value)
    }

    #[test]
    fn an_authentic_body_must_still_have_its_length_and_zeros() {
        let mut body = [0; 64];
        body[..7].copy_from_slice(b"\0\0\0\x03abc");
        assert_eq!(open(&forged(&body)).unwrap(), "abc");
        body[3] = 60;
        assert_eq!(open(&forged(&body)).unwrap().len(), 60);
        body[3] = 61;
        assert_eq!(open(&forged(&body)), Err(Rejection::Length));
        body[3] = 3;
        body[63] = 1;
        assert_eq!(open(&forged(&body)), Err(Rejection::Padding));
        body[..4].fill(0xff);
        assert_eq!(open(&forged(&body)), Err(Rejection::Length));
        assert_eq!(open(&forged(&[0; 72])), Err(Rejection::Length), "longer than it had to be");
        assert_eq!(open(&forged(&[0; 63])), Err(Rejection::Magic));
    }

    #[cfg(feature = "encryption-aes")]
    #[test]
    fn the_unused_part_of_a_shorter_nonce_is_zero_or_the_envelope_rejected() {
        let sealed = seal(Suite::Aes256GcmSiv, &binding(), TIMES, &[9; NONCE_LEN], b"abc").unwrap();
        assert_eq!(sealed[NONCE_AT..BODY_AT], [[9; 12], [0; 12]].concat());
        assert_eq!(open(&sealed).unwrap(), "abc");
        for place in 0..sealed.len() * 8 {
            let mut changed = sealed.to_vec();
            changed[place / 8] ^= 1 << (place % 8);
            assert!(open(&changed.into()).is_err(), "bit {place}");
        }
    }

    #[test]
    fn bytes_that_nobody_else_holds_are_decrypted_where_they_are() {
        let sealed = seal(Suite::default(), &binding(), TIMES, &[9; NONCE_LEN], &[1; 1_000]).unwrap();
        let there = sealed.as_ptr().wrapping_add(BODY_AT + LEN_LEN);
        let header = Header::read(&sealed, binding().kid).unwrap();
        let (times, value) = header.open(sealed, &binding(), |_| Ok(())).unwrap();
        assert_eq!((times, value.as_ptr(), value.len()), (TIMES, there, 1_000));
    }
}
