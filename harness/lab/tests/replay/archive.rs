//! ZIP archives of a few small files, stored without compression (APPNOTE.TXT 4.3).

/// An archive of these files, in the order of their names.
pub fn zip(files: &[(String, String)]) -> Vec<u8> {
    let mut files = files.to_vec();
    files.sort();
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in &files {
        let offset = u32::try_from(body.len()).unwrap();
        let size = u32::try_from(text.len()).unwrap();
        let mut facts = Vec::new();
        // Version 2.0, no flags, stored, 1980-01-01 00:00.
        for field in [20_u16, 0, 0, 0, 0x21] {
            facts.extend(field.to_le_bytes());
        }
        for field in [checksum(text.as_bytes()), size, size] {
            facts.extend(field.to_le_bytes());
        }
        for field in [u16::try_from(name.len()).unwrap(), 0] {
            facts.extend(field.to_le_bytes());
        }
        body.extend(b"PK\x03\x04");
        body.extend(&facts);
        body.extend(name.as_bytes());
        body.extend(text.as_bytes());
        directory.extend(b"PK\x01\x02");
        // Made on Unix, by version 2.0.
        directory.extend(0x0314_u16.to_le_bytes());
        directory.extend(&facts);
        directory.extend([0_u8; 6]);
        directory.extend((0o755_u32 << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let count = u16::try_from(files.len()).unwrap();
    let (start, size) = (body.len(), directory.len());
    body.extend(&directory);
    body.extend(b"PK\x05\x06\0\0\0\0");
    body.extend(count.to_le_bytes());
    body.extend(count.to_le_bytes());
    body.extend(u32::try_from(size).unwrap().to_le_bytes());
    body.extend(u32::try_from(start).unwrap().to_le_bytes());
    body.extend([0_u8; 2]);
    body
}

/// CRC-32, bit by bit.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg())
        })
    })
}

#[test]
fn the_checksum_is_that_of_the_standard() {
    assert_eq!(checksum(b"123456789"), 0xCBF4_3926);
}
