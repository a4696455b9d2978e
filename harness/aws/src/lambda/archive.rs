//! Whether a deployment package is one: its directory is read, its files are not.
//!
//! Source: PKWARE's APPNOTE.TXT, 4.3.12 (central directory) and 4.3.16 (its end).

use super::error::Error;

/// The largest package that is sent with a request, in bytes (Lambda developer guide,
/// `gettingstarted-limits.html`).
const ZIPPED_BYTES_MAX: usize = 52_428_800;

/// The largest package once it is unpacked, in bytes (same page).
const UNZIPPED_BYTES_MAX: u64 = 262_144_000;

/// The end of the directory, without its comment, and an entry without its names, in bytes.
const END_BYTES: usize = 22;
const ENTRY_BYTES: usize = 46;

/// The longest comment behind the end of the directory, in bytes.
const COMMENT_BYTES_MAX: usize = 65_535;

/// Whether these bytes are a package that Lambda takes.
///
/// # Errors
/// They are no archive, one without files, or one that is too large (the code of the first is
/// recorded, the texts are `unverified`).
pub(super) fn check(bytes: &[u8]) -> Result<(), Error> {
    if bytes.len() > ZIPPED_BYTES_MAX {
        return Err(Error::TooLarge(format!(
            "Zipped size must be smaller than {ZIPPED_BYTES_MAX} bytes"
        )));
    }
    let unpacked = if bytes.is_empty() {
        Some((0, 0))
    } else {
        directory(bytes)
    };
    match unpacked {
        None => Err(Error::Value(
            "Could not unzip uploaded file. Please check your file, then try to upload again."
                .to_owned(),
        )),
        Some((0, _)) => Err(Error::Value(
            "Uploaded file must be a non-empty zip".to_owned(),
        )),
        Some((_, size)) if size > UNZIPPED_BYTES_MAX => Err(Error::Value(format!(
            "Unzipped size must be smaller than {UNZIPPED_BYTES_MAX} bytes"
        ))),
        Some(_) => Ok(()),
    }
}

/// How many files an archive has, and their size once unpacked, as its directory states them.
fn directory(bytes: &[u8]) -> Option<(usize, u64)> {
    let last = bytes.len().checked_sub(END_BYTES)?;
    let first = last.saturating_sub(COMMENT_BYTES_MAX);
    let end = (first..=last)
        .rev()
        .find(|at| bytes.get(*at..*at + 4) == Some(b"PK\x05\x06"))?;
    let count = short(bytes, end + 10)?;
    let start = usize::try_from(long(bytes, end + 16)?).ok()?;
    let size = usize::try_from(long(bytes, end + 12)?).ok()?;
    if start.checked_add(size)? > end {
        return None;
    }
    let (mut at, mut unpacked) = (start, 0_u64);
    for _ in 0..count {
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        unpacked = unpacked.saturating_add(u64::from(long(bytes, at + 24)?));
        let names = [28, 30, 32]
            .into_iter()
            .map(|field| short(bytes, at + field));
        let names = names.sum::<Option<usize>>()?;
        at = at.checked_add(ENTRY_BYTES)?.checked_add(names)?;
    }
    (at <= end).then_some((count, unpacked))
}

fn short(bytes: &[u8], at: usize) -> Option<usize> {
    let field = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_le_bytes(field.try_into().ok()?)))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    let field = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(field.try_into().ok()?))
}

/// The smallest package: one empty file of this name, whose first 255 bytes count. For functions that
/// are closures, whose code nobody reads.
#[must_use]
pub fn package(name: &str) -> Vec<u8> {
    let name = name.as_bytes().get(..255).unwrap_or(name.as_bytes());
    let field = |number: usize| u32::try_from(number).unwrap_or_default().to_le_bytes();
    let length = field(name.len());
    // Version 2.0, no flags, stored, 1980-01-01 00:00; checksum and sizes are 0.
    let mut facts = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    facts.extend([0; 12]);
    facts.extend([length[0], length[1], 0, 0]);
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.extend(&facts);
    bytes.extend(name);
    let start = bytes.len();
    bytes.extend(b"PK\x01\x02\x14\x03");
    bytes.extend(&facts);
    bytes.extend([0; 14]);
    bytes.extend(name);
    let size = bytes.len() - start;
    bytes.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    bytes.extend(field(size));
    bytes.extend(field(start));
    bytes.extend([0; 2]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_an_archive_with_files() {
        let whole = package("index.py");
        let mut oversized = whole.clone();
        let entry = oversized
            .windows(4)
            .position(|window| window == b"PK\x01\x02")
            .unwrap();
        oversized[entry + 24..entry + 28].copy_from_slice(&262_144_001_u32.to_le_bytes());
        let mut commented = whole.clone();
        commented.extend(b"# a comment");
        let empty = b"PK\x05\x06".iter().copied().chain([0; 18]).collect();
        let unreadable =
            "Could not unzip uploaded file. Please check your file, then try to upload again.";
        for (name, bytes, expected) in [
            ("whole", whole.clone(), None),
            ("with a comment", commented, None),
            (
                "nothing",
                Vec::new(),
                Some("Uploaded file must be a non-empty zip"),
            ),
            (
                "no files",
                empty,
                Some("Uploaded file must be a non-empty zip"),
            ),
            ("text", b"no zip".to_vec(), Some(unreadable)),
            (
                "cut at its end",
                whole[..whole.len() - 30].to_vec(),
                Some(unreadable),
            ),
            ("cut at its start", whole[40..].to_vec(), Some(unreadable)),
            (
                "too large unpacked",
                oversized,
                Some("Unzipped size must be smaller than 262144000 bytes"),
            ),
            (
                "too large",
                vec![0; ZIPPED_BYTES_MAX + 1],
                Some("Zipped size must be smaller than 52428800 bytes"),
            ),
        ] {
            let refusal = check(&bytes).err().map(|error| error.to_string());
            assert_eq!(refusal.as_deref(), expected, "{name}");
        }
    }
}
