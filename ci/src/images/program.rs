//! Programs that are asked for what they print.

use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// What a program prints; an error holds the last line that it complained with.
pub(super) fn output(program: &str, arguments: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new(program);
    let output = command
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("`{program}` cannot be started"))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{}",
            complaint.trim().lines().last().unwrap_or("no reason given")
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether Docker has the image.
pub(super) fn is_there(image: &str) -> bool {
    output(
        "docker",
        &["image", "inspect", "--format", "{{.Id}}", image],
    )
    .is_ok()
}
