//! The ciphers that envelopes are made with: [`Suite`].

#[cfg(feature = "encryption-ring")]
mod with_ring;

use chacha20poly1305::KeySizeUser;
#[cfg(not(feature = "encryption-ring"))]
use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInOut, KeyInit, Nonce, Tag, array::Array};
#[cfg(feature = "encryption-ring")]
use with_ring::XChaCha20Poly1305;

pub(super) const NONCE_LEN: usize = 24;
pub(super) const TAG_LEN: usize = 16;

/// How envelopes are encrypted and authenticated. Those of every suite that is built in are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Suite {
    /// XChaCha20-Poly1305: fast on every machine, and nonces that never repeat. By the package `chacha20poly1305`, or with
    /// the feature `encryption-ring` by ring, which makes the same bytes sooner.
    #[default]
    XChaCha20Poly1305,
    /// AES-256-GCM-SIV, for where it must be AES.
    #[cfg(feature = "encryption-aes")]
    Aes256GcmSiv,
}

impl Suite {
    pub(super) const fn id(self) -> u8 {
        match self {
            Self::XChaCha20Poly1305 => 1,
            #[cfg(feature = "encryption-aes")]
            Self::Aes256GcmSiv => 2,
        }
    }

    pub(super) const fn from_id(id: u8) -> Option<Self> {
        match id {
            1 => Some(Self::XChaCha20Poly1305),
            #[cfg(feature = "encryption-aes")]
            2 => Some(Self::Aes256GcmSiv),
            _ => None,
        }
    }

    /// How much of the nonce it uses.
    pub(super) const fn nonce_len(self) -> usize {
        match self {
            Self::XChaCha20Poly1305 => NONCE_LEN,
            #[cfg(feature = "encryption-aes")]
            Self::Aes256GcmSiv => 12,
        }
    }

    pub(super) fn encrypt(self, key: &[u8; 32], nonce: &[u8], aad: &[u8], body: &mut [u8]) -> Option<[u8; TAG_LEN]> {
        match self {
            Self::XChaCha20Poly1305 => encrypt::<XChaCha20Poly1305>(key, nonce, aad, body),
            #[cfg(feature = "encryption-aes")]
            Self::Aes256GcmSiv => encrypt::<aes_gcm_siv::Aes256GcmSiv>(key, nonce, aad, body),
        }
    }

    pub(super) fn decrypt(self, key: &[u8; 32], nonce: &[u8], aad: &[u8], body: &mut [u8], tag: &[u8]) -> Option<()> {
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

#[cfg(all(test, feature = "encryption-ring"))]
mod tests {
    use super::*;

    type ByRustCrypto = chacha20poly1305::XChaCha20Poly1305;
    type ByRing = with_ring::XChaCha20Poly1305;
    type Decrypt = fn(&[u8; 32], &[u8], &[u8], &mut [u8], &[u8]) -> Option<()>;

    /// Bytes that look random, others for every `seed`.
    fn some(len: usize, seed: usize) -> Vec<u8> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&seed.to_be_bytes());
        let mut out = vec![0; len];
        hasher.finalize_xof().fill(&mut out);
        out
    }

    fn each_opens_what_the_other_seals(body_len: usize, aad_len: usize) {
        let seed = body_len * 1_000 + aad_len;
        let (body, aad, nonce) = (some(body_len, seed), some(aad_len, seed + 1), some(NONCE_LEN, seed + 2));
        let key = some(32, seed + 3).try_into().unwrap();
        let (mut one, mut other) = (body.clone(), body.clone());
        let tag = encrypt::<ByRing>(&key, &nonce, &aad, &mut one).unwrap();
        assert_eq!(
            encrypt::<ByRustCrypto>(&key, &nonce, &aad, &mut other),
            Some(tag),
            "{body_len} and {aad_len} bytes"
        );
        assert!(one == other, "{body_len} and {aad_len} bytes");
        assert_eq!(decrypt::<ByRustCrypto>(&key, &nonce, &aad, &mut one, &tag), Some(()));
        assert_eq!(decrypt::<ByRing>(&key, &nonce, &aad, &mut other, &tag), Some(()));
        assert!(one == body && other == body, "{body_len} and {aad_len} bytes");
    }

    #[test]
    fn the_two_implementations_make_and_open_the_same_bytes() {
        for len in (0..=1_100).chain([4_095, 4_096, 4_097, 65_537, 1_000_003]) {
            each_opens_what_the_other_seals(len, 54);
        }
        for len in 0..=100 {
            each_opens_what_the_other_seals(64, len);
        }
    }

    #[test]
    fn the_two_implementations_reject_the_same_bytes() {
        let (key, nonce, aad, body) = ([1; 32], [2; NONCE_LEN], [3; 54], [4; 64]);
        let mut sealed = body;
        let tag = encrypt::<ByRustCrypto>(&key, &nonce, &aad, &mut sealed).unwrap();
        let envelope = [&nonce[..], &aad, &sealed, &tag].concat();
        let opens = |envelope: &[u8], how: Decrypt| {
            let (nonce, rest) = envelope.split_at(NONCE_LEN);
            let (aad, rest) = rest.split_at(54);
            let (sealed, tag) = rest.split_at(64);
            how(&key, nonce, aad, &mut sealed.to_vec(), tag).is_some()
        };
        assert!(opens(&envelope, decrypt::<ByRing>) && opens(&envelope, decrypt::<ByRustCrypto>));
        for bit in 0..envelope.len() * 8 {
            let mut changed = envelope.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(!opens(&changed, decrypt::<ByRing>) && !opens(&changed, decrypt::<ByRustCrypto>), "bit {bit}");
        }
    }

    /// The vector of draft-irtf-cfrg-xchacha-03, A.3.1.
    #[test]
    fn ring_seals_the_vector_of_the_draft() {
        let key: [u8; 32] = std::array::from_fn(|i| 0x80 + u8::try_from(i).unwrap());
        let nonce: [u8; NONCE_LEN] = std::array::from_fn(|i| 0x40 + u8::try_from(i).unwrap());
        let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
        let text =
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen \
                     would be it.";
        let mut body = *text;
        let tag = encrypt::<ByRing>(&key, &nonce, &aad, &mut body).unwrap();
        let expected = [0xc0, 0x87, 0x59, 0x24, 0xc1, 0xc7, 0x98, 0x79, 0x47, 0xde, 0xaf, 0xd8, 0x78, 0x0a, 0xcf, 0x49];
        assert_eq!(tag, expected);
        assert_eq!(body[..8], [0xbd, 0x6d, 0x17, 0x9d, 0x3e, 0x83, 0xd4, 0x3b]);
    }
}
