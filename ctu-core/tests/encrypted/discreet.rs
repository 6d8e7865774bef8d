//! That no key, value or secret is said anywhere.

use std::error::Error as _;
use std::fmt::Debug;

use ctu_core::{Cache, Encoding, Encrypt, EncryptedCache, Keyring, Map, MasterKey, StackExt, Ttl};

use crate::log::Log;
use crate::{Shelf, bytes};

const KEY: &str = "canary-of-the-key";
const VALUE: &str = "canary-of-the-value";
const PASSPHRASE: &str = "canary-of-the-secret, 32 letters";
/// What is random enough, with a canary in its middle.
const SECRET: &[u8; 32] = b"\0\x01\x02\x03\x04\x05\x06\x07canary-secret-..\x80\x81\x82\x83\x84\x85\x86\x87";

/// Everything that could be printed, and is.
#[derive(Default)]
struct Said(Vec<String>);

impl Said {
    fn show(&mut self, what: &impl Debug) {
        self.0.push(format!("{what:?} {what:#?}"));
    }

    fn error<T>(&mut self, result: ctu_core::Result<T>) {
        let Err(error) = result else { return };
        self.show(&error);
        self.0.push(error.to_string());
        let mut source = error.source();
        while let Some(error) = source {
            self.0.push(format!("{error} {error:?}"));
            source = error.source();
        }
    }
}

/// All ways to use a cache, well and badly.
fn use_it(said: &mut Said, secret: impl Fn() -> MasterKey) {
    let other = MasterKey::generate().unwrap();
    let cache = EncryptedCache::new(Encrypt::new(Keyring::new(secret()).retiring(other), "app"), Shelf::default());
    let (key, value) = (KEY.as_bytes(), bytes(VALUE));
    cache.put(key, &value, Ttl::Never).unwrap();
    said.show(cache.encrypt());
    let whole = cache.inner().dump()[0].1.clone();
    let mut damaged: Vec<Vec<u8>> = (0..whole.len()).map(|len| whole[..len].to_vec()).collect();
    damaged.extend([0, 1, 2, 6, 21, 22, 46, 50, whole.len() - 1].map(|at| {
        let mut damaged = whole.to_vec();
        damaged[at] ^= 1;
        damaged
    }));
    damaged.push(VALUE.into());
    for damaged in damaged {
        cache.inner().tamper(|entries| entries.values_mut().for_each(|entry| entry.0 = damaged.clone().into()));
        assert_eq!(cache.get(key).unwrap(), None);
        if let Err(reject) = cache.encrypt().decode(key, damaged.into()) {
            said.show(&reject);
            said.0.push(reject.to_string());
        }
    }
    cache.inner().fail(true);
    said.error(cache.get(key));
    said.error(cache.put(key, &value, Ttl::Never));
    said.error(cache.remove(key));
    said.error(cache.get_many(&[key]));
    said.error(cache.put_many(&[(key, &value)], Ttl::Never));
    let broken = Encrypt::new(secret(), "app")
        .randomness(|_| Err(ctu_core::Error::new(ctu_core::ErrorKind::Unavailable, "told to fail")));
    said.error(broken.encode(key, &value, Ttl::Never));
    said.error(Encrypt::new(secret(), "").encode(key, &value, Ttl::Never));
    let typed = Shelf::default().encrypted(secret(), "app").json().debug("typed").with_stats();
    typed.put(KEY, &VALUE.to_owned(), Ttl::Never).unwrap();
    let found: Option<String> = typed.get(KEY).unwrap();
    assert_eq!(found.as_deref(), Some(VALUE));
}

#[test]
fn law7_silent_no_key_value_or_secret_is_logged_or_printed() {
    let log = Log::default();
    let mut said = Said::default();
    log.listen(|| {
        let hex = Encoding::B16.encode(SECRET);
        use_it(&mut said, || hex.parse().unwrap());
        for text in [
            PASSPHRASE.to_owned(),
            hex.repeat(2),
            hex.replacen("63", "6G", 1),
            Encoding::B64.encode(PASSPHRASE.as_bytes()),
        ] {
            said.error(text.parse::<MasterKey>());
        }
        said.error(MasterKey::try_from(*PASSPHRASE.as_bytes().first_chunk().unwrap()));
        said.show(&Keyring::new(hex.parse().unwrap()));
        said.show(&MasterKey::try_from(*SECRET).unwrap());
    });
    let logged = log.lines();
    assert!(logged.iter().filter(|line| line.starts_with("WARN")).count() >= 4, "something was logged: {logged:?}");
    assert!(said.0.len() > 100);
    let texts = [KEY, VALUE, "canary-of-the-secret", "canary"];
    let mut needles: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
    for bytes in texts.iter().map(|text| text.as_bytes()).chain([&SECRET[..], &SECRET[..8], &SECRET[8..16]]) {
        needles.extend([
            Encoding::B16.encode(bytes),
            format!("{bytes:?}"),
            format!("{bytes:?}").replace(['[', ']'], ""),
        ]);
        needles.push(Encoding::B64.encode(bytes).trim_end_matches('=').chars().take(10).collect());
    }
    for line in logged.iter().chain(&said.0) {
        let lower = line.to_lowercase();
        for needle in &needles {
            assert!(!line.contains(needle.as_str()) && !lower.contains(&needle.to_lowercase()), "{needle} in {line}");
        }
    }
}

#[test]
fn a_rejection_is_logged_with_its_reason_the_id_of_the_key_and_8_digits_of_the_place() {
    let cache = crate::cache();
    let skey = blake3::Hash::from_slice(&cache.encrypt().key(b"k").unwrap()).unwrap();
    cache.inner().put(skey.as_bytes(), &bytes("garbage"), Ttl::Never).unwrap();
    let lines = crate::log::logged(|| {
        for _ in 0..1_000 {
            assert_eq!(cache.get(b"k").unwrap(), None);
        }
    });
    let expected = format!(
        "WARN message=an encrypted entry was rejected, and is a miss reason=\"magic\" kid=\"05c9a97a\" \
         skey=\"{}\" muted=0",
        &skey.to_hex()[..8]
    );
    assert_eq!(lines, [expected]);
    assert_eq!(cache.rejected(ctu_core::Rejection::Magic), 1_000);
}
