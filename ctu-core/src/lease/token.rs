//! What tells one lease from all others.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::process;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// What tells one lease of a key from all others, in all processes.
///
/// Made by the store, and of use to nobody else.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Token([u8; 16]);

impl Token {
    /// One that no other is equal to: random, but not fit for a secret.
    pub fn random() -> Self {
        static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        static COUNT: AtomicU64 = AtomicU64::new(0);
        // The system's random numbers are in the keys. A process that is forked has the same keys and count.
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let now = SystemTime::now();
        let half = |half: u8| KEYS.hash_one((half, count, process::id(), now)).to_le_bytes();
        let mut token = [0; 16];
        token[..8].copy_from_slice(&half(0));
        token[8..].copy_from_slice(&half(1));
        Self(token)
    }

    /// The token of these bytes.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Without the bytes: whoever knows them could store in the holder's name.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::Token;

    #[test]
    fn no_two_tokens_are_equal_on_any_thread() {
        let many = || (0..1000).map(|_| Token::random()).collect::<Vec<_>>();
        let threads: Vec<_> = (0..8).map(|_| thread::spawn(many)).collect();
        let tokens: HashSet<Token> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
        assert_eq!(tokens.len(), 8000);
    }

    #[test]
    fn law7_silent_a_token_is_not_shown() {
        assert_eq!(format!("{:?}", Token::from_bytes([7; 16])), "Token(..)");
    }
}
