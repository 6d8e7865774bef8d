//! Which of several servers has a key: rendezvous hashing.

/// The index of the server that has `key`: the one with the highest score for it.
///
/// It depends on the set of `servers` alone, not on their order, nor on which of them are up; a server that is added or
/// taken away moves only its own keys.
pub(super) fn route(servers: &[String], key: &[u8]) -> usize {
    if servers.len() < 2 {
        return 0;
    }
    // By the name too, so that a tie is broken in the same way whatever the order.
    let score = |index: &usize| (hash(servers[*index].as_bytes(), key), &servers[*index]);
    (0..servers.len()).max_by_key(score).unwrap_or(0)
}

/// FNV-1a with the finalizer of `SplitMix64`: the same in every build, on every machine.
fn hash(server: &[u8], key: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in server.iter().chain(b"-").chain(key) {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(ports: impl IntoIterator<Item = u16>) -> Vec<String> {
        ports.into_iter().map(|port| format!("cache.example:{port}")).collect()
    }

    #[test]
    fn keys_are_spread_evenly_and_move_only_with_their_server() {
        let all = servers(1..=4);
        let backwards = servers((1..=4).rev());
        let without = servers([1, 3, 4]);
        let mut held = [0; 4];
        for key in 0..4_000_u32 {
            let key = key.to_string();
            let server = route(&all, key.as_bytes());
            held[server] += 1;
            assert_eq!(backwards[route(&backwards, key.as_bytes())], all[server]);
            if server != 1 {
                assert_eq!(without[route(&without, key.as_bytes())], all[server]);
            }
        }
        assert!(held.iter().all(|keys| (850..1_150).contains(keys)), "{held:?}");
    }

    #[test]
    fn the_routes_are_the_same_in_every_build() {
        let all = servers(1..=8);
        let routes: Vec<_> = ["", "a", "b", "Xk~0{Zv", "app.1"].map(|key| route(&all, key.as_bytes())).to_vec();
        assert_eq!(routes, [7, 1, 6, 1, 3]);
    }
}
