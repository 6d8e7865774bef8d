//! A call's arguments as a text key: whole, with its hash kept, or hashed to 20 characters.

use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher, RandomState};
use std::sync::LazyLock;

use serde_core::ser::Serialize;

use super::write_json;
use crate::encode::Encoding;
use crate::{Result, sha3};

/// What most keys fit in, so that they are written without growing.
const USUAL_LEN: usize = 64;

/// The canonical JSON text of a call's arguments: the seed's `json_key`.
///
/// `args` is an [`Args`](crate::Args), a tuple or an array. Allocates once if the text is up to 64 bytes long.
///
/// # Errors
///
/// `Codec` if two different lists of arguments could have this text, or it could not be read back: see [`write_json`].
///
/// # Examples
///
/// ```
/// use ctu_core::{Args, json_key};
///
/// assert_eq!(json_key(&Args(("aa", &3)))?, r#"["aa",3]"#);
/// assert!(json_key(&Args((&f64::NAN,))).is_err());
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub fn json_key<T: Serialize + ?Sized>(args: &T) -> Result<String> {
    let mut text = String::with_capacity(USUAL_LEN);
    write_json(&mut text, args)?;
    Ok(text)
}

/// The canonical JSON text of a call's arguments with its hash kept: the seed's `hash_json_key`.
///
/// # Errors
///
/// As [`json_key`].
///
/// # Examples
///
/// ```
/// use ctu_core::{Args, hash_json_key};
///
/// let key = hash_json_key(&Args(("aa", &3)))?;
/// assert_eq!(key.as_ref(), r#"["aa",3]"#);
/// assert_eq!(key, hash_json_key(&("aa", 3))?);
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub fn hash_json_key<T: Serialize + ?Sized>(args: &T) -> Result<HashJsonKey> {
    // Seeded at random for each process, so that nobody can choose arguments whose hashes collide.
    static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let text = json_key(args)?;
    let hash = HASHER.hash_one(&text);
    Ok(HashJsonKey { hash, text })
}

/// A 128-bit hash of a call's arguments, as 20 characters of base85: the seed's `full_hash_key`.
///
/// These are the first 16 bytes of the SHA3-256 of [`json_key`]'s text.
///
/// # Errors
///
/// As [`json_key`].
///
/// # Examples
///
/// ```
/// use ctu_core::{Args, full_hash_key};
///
/// assert_eq!(full_hash_key(&Args(("Hello World!",)))?, "j#jQnvD$Vrm{P2s(T`v8");
/// # Ok::<(), ctu_core::Error>(())
/// ```
pub fn full_hash_key<T: Serialize + ?Sized>(args: &T) -> Result<String> {
    let digest = sha3::sha3_256(json_key(args)?.as_bytes());
    Ok(Encoding::B85.encode(&digest[..16]))
}

/// A JSON text key that hashes at the cost of one number, whatever its length. Made by [`hash_json_key`].
///
/// The hash is another one in each process: it is not to be stored. `Debug` shows the length and nothing of the text.
#[derive(Clone, PartialEq, Eq)]
pub struct HashJsonKey {
    hash: u64, // first, so that different keys are told apart by it
    text: String,
}

impl Hash for HashJsonKey {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl AsRef<str> for HashJsonKey {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for HashJsonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for HashJsonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HashJsonKey({} bytes)", self.text.len())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::Args;

    #[test]
    fn a_kept_hash_finds_the_equal_key_only() {
        let key = |n: u32| hash_json_key(&Args(("aa", &n))).unwrap();
        let map: HashMap<HashJsonKey, u32> = (0..1_000).map(|n| (key(n), n)).collect();
        assert_eq!(map.len(), 1_000);
        assert!((0..1_000).all(|n| map[&key(n)] == n));
        assert!(!map.contains_key(&key(1_000)));
        assert_eq!(key(7).to_string(), r#"["aa",7]"#);
    }

    #[test]
    fn law7_silent_debug_shows_nothing_of_the_text() {
        assert_eq!(format!("{:?}", hash_json_key(&("secret",)).unwrap()), "HashJsonKey(10 bytes)");
    }

    #[test]
    fn law8_free_a_usual_key_is_allocated_once() {
        assert_eq!(json_key(&Args(("aa", &3))).unwrap().capacity(), USUAL_LEN);
    }
}
