//! What nobody may foresee: the seed of a lab that others can reach, and the mark of its hops.

use authlab_kernel::Secret;

use crate::error::LabError;

/// Draws a seed that nobody can know: what a lab is started with that other programs of the machine
/// can reach. It fits into a lab file, whose numbers have a sign.
///
/// # Errors
/// [`LabError::Randomness`] when the machine has none.
pub fn draw_seed() -> Result<u64, LabError> {
    Ok(u64::from_be_bytes(draw()?) >> 1)
}

/// Draws the mark of the lab's own hops. It is never made of the seed, which may be known to all
/// (`--seed 1`): who has it says what caused a request. No journal shows it, so nothing that is to be
/// the same in each run depends on it.
pub(crate) fn draw_mark() -> Result<Secret, LabError> {
    let halves = [u128::from_be_bytes(draw()?), u128::from_be_bytes(draw()?)];
    Ok(Secret::new(
        halves.map(|half| format!("{half:032x}")).concat(),
    ))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place where randomness enters a lab: its seed, and the mark of its hops"
)]
fn draw<const COUNT: usize>() -> Result<[u8; COUNT], LabError> {
    let mut bytes = [0; COUNT];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes)
        .map_err(|_| LabError::Randomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::LabFile;

    #[test]
    fn a_drawn_mark_is_another_each_time() {
        let [one, other] = [draw_mark().unwrap(), draw_mark().unwrap()];
        assert_eq!(one.expose_secret().len(), 64);
        assert_ne!(one.expose_secret(), other.expose_secret());
    }

    #[test]
    fn a_drawn_seed_is_another_each_time_and_fits_into_a_lab_file() {
        let (one, other) = (draw_seed().unwrap(), draw_seed().unwrap());
        assert_ne!(one, other);
        for seed in [one, other] {
            let text = format!("seed = {seed}");
            let file = LabFile::parse(Path::new("lab.toml"), &text).unwrap();
            assert_eq!(file.seed, Some(seed));
        }
    }
}
