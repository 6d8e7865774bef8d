//! XChaCha20-Poly1305 with the machine code of ring: the same bytes as those of the package `chacha20poly1305`, sooner.
//!
//! ring has `ChaCha20-Poly1305`, with nonces of 12 bytes. The X before it, by its definition, is a key made of the key and
//! of the nonce's first 16 bytes, with `HChaCha20`; the last 8 bytes are the nonce under that key.

use std::hint::black_box;

use ::ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, Tag, UnboundKey};
use chacha20::{R20, hchacha};
use chacha20poly1305::aead::{self, TagPosition, inout::InOutBuf};
use chacha20poly1305::consts::{U16, U24, U32};
use chacha20poly1305::{AeadCore, AeadInOut, Error, Key, KeyInit, KeySizeUser};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// In place of `chacha20poly1305::XChaCha20Poly1305`.
pub(super) struct XChaCha20Poly1305(Key);

impl KeySizeUser for XChaCha20Poly1305 {
    type KeySize = U32;
}

impl KeyInit for XChaCha20Poly1305 {
    fn new(key: &Key) -> Self {
        Self(*key)
    }
}

impl AeadCore for XChaCha20Poly1305 {
    type NonceSize = U24;
    type TagSize = U16;
    const TAG_POSITION: TagPosition = TagPosition::Postfix;
}

impl AeadInOut for XChaCha20Poly1305 {
    fn encrypt_inout_detached(
        &self,
        nonce: &aead::Nonce<Self>,
        associated_data: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
    ) -> aead::Result<aead::Tag<Self>> {
        let (key, nonce) = self.begin(nonce)?;
        let aad = Aad::from(associated_data);
        let tag = key.0.seal_in_place_separate_tag(nonce, aad, buffer.into_out_with_copied_in()).map_err(|_| Error)?;
        tag.as_ref().try_into().map_err(|_| Error)
    }

    fn decrypt_inout_detached(
        &self,
        nonce: &aead::Nonce<Self>,
        associated_data: &[u8],
        buffer: InOutBuf<'_, '_, u8>,
        tag: &aead::Tag<Self>,
    ) -> aead::Result<()> {
        let (key, nonce) = self.begin(nonce)?;
        let (aad, tag) = (Aad::from(associated_data), Tag::from(tag.0));
        let opened = key.0.open_in_place_separate_tag(nonce, aad, tag, buffer.into_out_with_copied_in(), 0..);
        opened.map(drop).map_err(|_| Error)
    }
}

impl XChaCha20Poly1305 {
    /// What the shorter nonce is used with, and that nonce.
    fn begin(&self, nonce: &aead::Nonce<Self>) -> aead::Result<(Subkey, Nonce)> {
        let (first, last) = nonce.split_ref::<U16>();
        let mut subkey = hchacha::<R20>(&self.0, first);
        let key = Subkey::new(&subkey.0);
        subkey.zeroize();
        let mut nonce = [0; NONCE_LEN];
        nonce[NONCE_LEN - last.len()..].copy_from_slice(last);
        Ok((key?, Nonce::assume_unique_for_key(nonce)))
    }
}

impl Drop for XChaCha20Poly1305 {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for XChaCha20Poly1305 {}

/// A key of ring's, which ring itself does not wipe.
struct Subkey(LessSafeKey);

impl Subkey {
    fn new(key: &[u8; 32]) -> aead::Result<Self> {
        keyed(key).map(Self)
    }
}

impl Drop for Subkey {
    fn drop(&mut self) {
        if let Ok(blank) = keyed(&[0; 32]) {
            self.0 = blank;
            // Written, though nobody reads it.
            black_box(&mut self.0);
        }
    }
}

fn keyed(key: &[u8; 32]) -> aead::Result<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, key).map(LessSafeKey::new).map_err(|_| Error)
}
