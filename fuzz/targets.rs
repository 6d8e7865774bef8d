//! What is fuzzed: functions of any bytes, which panic if something is wrong. `fuzz_targets` runs them for long, the
//! tests of ctu-core (`tests/encrypted/garbage.rs`) for a moment.

use std::collections::BTreeMap;

use bytes::Bytes;
use ctu_core::{
    AnyValue, BytesText, Compression, Encrypt, Flagged, Json, JsonSerde, ManualClock, Map, MasterKey, MsgPack, ToBytes,
    Ttl, write_json,
};
use serde_core::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// A target, by the name of its file in `fuzz_targets`.
pub type Target = (&'static str, fn(&[u8]));

/// All there are.
pub const TARGETS: [Target; 4] =
    [("envelope", envelope), ("sealing", sealing), ("json_text", json_text), ("decoders", decoders)];

const SECRET: [u8; 32] = *b"\x80\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\
    \x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f";
const KEY: &[u8] = b"key";

/// With the nonce that is in `envelope`, at the time that is in it: what is sealed is the same again.
fn resealer(envelope: &[u8]) -> Encrypt {
    let nonce = envelope.get(22..46).map_or([0; 24], |nonce| nonce.try_into().expect("24 bytes"));
    let clock = ManualClock::new();
    let at = |from: usize| envelope.get(from..from + 8).map_or(0, |at| u64::from_be_bytes(at.try_into().expect("8")));
    clock.advance(Duration::from_millis(at(6).min(1 << 43)));
    Encrypt::new(MasterKey::try_from(SECRET).expect("random enough"), "fuzz").clock(&clock).randomness(move |out| {
        out.copy_from_slice(&nonce);
        Ok(())
    })
}

/// No bytes are opened but those that were sealed.
pub fn envelope(data: &[u8]) {
    let encrypt = resealer(data);
    let Ok(value) = encrypt.decode(KEY, Bytes::copy_from_slice(data)) else { return };
    let expires_at = u64::from_be_bytes(data[14..22].try_into().expect("8 bytes"));
    let issued_at = u64::from_be_bytes(data[6..14].try_into().expect("8 bytes"));
    let ttl = match expires_at {
        u64::MAX => Ttl::Never,
        _ => Ttl::After(Duration::from_millis(expires_at - issued_at)),
    };
    assert_eq!(encrypt.encode(KEY, &value, ttl).expect("it was").as_ref(), data);
}

/// What is sealed is opened, and nothing that differs in one byte.
pub fn sealing(data: &[u8]) {
    let [at_high, at_low, by, rest @ ..] = data else { return };
    let (key, value) = rest.split_at(rest.len().min(usize::from(*by) % 40));
    let value = Bytes::copy_from_slice(value);
    let encrypt = resealer(data);
    let sealed = encrypt.encode(key, &value, Ttl::Never).expect("short").into_owned();
    assert_eq!(encrypt.decode(key, sealed.clone()), Ok(value));
    let mut changed = sealed.to_vec();
    let at = usize::from(u16::from_be_bytes([*at_high, *at_low])) % changed.len();
    changed[at] ^= (*by).max(1);
    assert!(encrypt.decode(key, changed.into()).is_err());
}

/// Canonical text is read back as the same value, and has itself as its canonical text. So have keys of any text.
pub fn json_text(data: &[u8]) {
    if let Ok(value) = serde_json::from_slice::<serde_json::Value>(data) {
        let mut text = String::new();
        if write_json(&mut text, &value).is_ok() {
            let again: serde_json::Value = serde_json::from_str(&text).expect("canonical text is JSON");
            assert_eq!(again, value);
            let mut twice = String::new();
            write_json(&mut twice, &again).expect("as the first time");
            assert_eq!(twice, text);
        }
    }
    let args = (String::from_utf8_lossy(data), data.len(), data.first().map(|&byte| f64::from(byte) / 7.0));
    let text = ctu_core::json_key(&args).expect("texts and finite numbers have one");
    assert!(text.is_ascii());
    assert_eq!(
        serde_json::from_str::<(String, usize, Option<f64>)>(&text).expect("JSON"),
        (args.0.into(), args.1, args.2)
    );
}

/// What a decoder takes, it would have written in some form that it takes for the same.
pub fn decoders(data: &[u8]) {
    let bytes = Bytes::copy_from_slice(data);
    serde_layers::<String>(&bytes, PartialEq::eq);
    serde_layers::<Vec<i64>>(&bytes, PartialEq::eq);
    serde_layers::<(bool, char, u8, i128)>(&bytes, PartialEq::eq);
    // By their texts, because NaN is not equal to itself, and 0 is to -0.
    serde_layers::<BTreeMap<String, Option<f64>>>(&bytes, |one, other| format!("{one:?}") == format!("{other:?}"));
    for flags in 0..4 {
        let stored = Flagged { flags, data: bytes.clone() };
        again(&JsonSerde, "k", stored.clone(), AnyValue::eq);
        again(&JsonSerde, "k", stored.clone(), String::eq);
        again(&JsonSerde, "k", stored, Vec::<u8>::eq);
    }
    again(&Compression::new().max_len(1 << 20), "k", bytes.clone(), Bytes::eq);
    again(&BytesText, &b"k"[..], String::from_utf8_lossy(data).into_owned(), Bytes::eq);
}

fn serde_layers<V: Serialize + DeserializeOwned>(bytes: &Bytes, same: fn(&V, &V) -> bool) {
    again(&Json, "k", bytes.clone(), same);
    again(&ToBytes, "k", bytes.clone(), same);
    again(&MsgPack, "k", bytes.clone(), same);
}

fn again<K: ?Sized, V, M: Map<K, V>>(layer: &M, key: &K, stored: M::Stored, same: fn(&V, &V) -> bool) {
    let Ok(value) = layer.decode(key, stored) else { return };
    // What is read may have no exact form to be written in: then it is refused.
    let Ok(written) = layer.encode(key, &value, Ttl::Default).map(std::borrow::Cow::into_owned) else { return };
    assert!(layer.decode(key, written).is_ok_and(|again| same(&again, &value)), "not the same when read again");
}
