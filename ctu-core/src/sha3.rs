//! SHA3-256, over the Keccak permutation.

/// How many bytes are absorbed at a time: the permutation's 200, less twice the digest's length.
const RATE: usize = 136;

/// The SHA3-256 digest of `message`.
pub fn sha3_256(message: &[u8]) -> [u8; 32] {
    let mut state = [0_u64; 25];
    let (blocks, rest) = message.as_chunks::<RATE>();
    for block in blocks {
        absorb(&mut state, block);
    }
    // Domain 01 and the pad 10*1, which share a byte if the message leaves room for one only.
    let mut last = [0; RATE];
    last[..rest.len()].copy_from_slice(rest);
    last[rest.len()] ^= 0x06;
    last[RATE - 1] ^= 0x80;
    absorb(&mut state, &last);
    let mut digest = [0; 32];
    for (bytes, lane) in digest.as_chunks_mut::<8>().0.iter_mut().zip(state) {
        *bytes = lane.to_le_bytes();
    }
    digest
}

fn absorb(state: &mut [u64; 25], block: &[u8; RATE]) {
    for (lane, bytes) in state.iter_mut().zip(block.as_chunks::<8>().0) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    keccak::f1600(state);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Encoding;

    #[test]
    fn digests_are_those_of_hashlib_around_the_ends_of_blocks() {
        // python3: hashlib.sha3_256(bytes(i % 251 for i in range(length))).hexdigest()
        for (length, digest) in [
            (0, "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"),
            (1, "5d53469f20fef4f8eab52b88044ede69c77a6a68a60728609fc4a65ff531e7d0"),
            (135, "fded8fd9d6551c601eeb3b7c6bc5e5cfd8aad1d015b7e9aaa9c9b9475231d5e2"),
            (136, "cf3ccff92480a29160c2d38317c430e14749bfee1788106957dfe73f8c4930e5"),
            (137, "ce9d7dc90913ee5d92745019479a5352c6d6279bef18ed07dc0a83ee8084daca"),
            (271, "0153fcdb6825d836b10835ccb3999dc1d8b68492f77e7e38afa31f8e244bd7af"),
            (272, "b7ccd55b6c2c3fa144c9e0624059294975a348b02f321abe289701d3012f7794"),
            (273, "4827800416bd25b01f53360454943ef688112eaee40422929a59af596a2c0be7"),
            (1000, "48e66a01861d0eadaacdb7a6ae7db6b9ac79242ecced4154a9fbb33c4e3cc571"),
        ] {
            let message: Vec<u8> = (0..=250).cycle().take(length).collect();
            assert_eq!(Encoding::B16.encode(&sha3_256(&message)).to_lowercase(), digest, "{length}");
        }
    }
}
