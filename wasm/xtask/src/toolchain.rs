//! Finds what compiles to wasm32-unknown-unknown, and installs it where it can.

use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::{Command, Stdio};

/// The target of all modules.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's way: a compiler for the web, the standard library's sources, a linker.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld-22"];
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src/rust/library";
const DEBIAN_LINKER: &str = "wasm-ld-22";

/// A way to compile for [`TARGET`].
pub enum Toolchain {
    /// The Rust in use has the target.
    Installed,
    /// Debian's rustc-web builds the standard library from its sources.
    Debian,
}

impl Toolchain {
    /// The first way that is there, or can be made to be: the installed target, one that rustup
    /// adds, Debian's packages.
    pub fn find() -> Result<Self> {
        if has_target() {
            println!("toolchain: the installed Rust has {TARGET}");
            return Ok(Self::Installed);
        }
        if has_debian() {
            println!("toolchain: Debian's rustc-web, building the standard library for {TARGET}");
            return Ok(Self::Debian);
        }
        println!("toolchain: {TARGET} is missing; trying rustup target add");
        if succeeds(Command::new("rustup").args(["target", "add", TARGET])) && has_target() {
            return Ok(Self::Installed);
        }
        println!("toolchain: rustup cannot add it; trying Debian's packages");
        if install_debian() && has_debian() {
            return Ok(Self::Debian);
        }
        bail!(
            "no way to compile for {TARGET}. Do one of these and run the command again:\n  \
             rustup target add {TARGET}                         (Rust from rustup)\n  \
             apt-get install {}    (Debian, as root)",
            DEBIAN_PACKAGES.join(" ")
        )
    }

    /// A cargo command that compiles for [`TARGET`].
    pub fn cargo(&self, subcommand: &str) -> Command {
        match self {
            Self::Installed => {
                let mut cargo = Command::new(env!("CARGO"));
                cargo.args([subcommand, "--target", TARGET]);
                cargo
            }
            Self::Debian => {
                let mut cargo = Command::new("/usr/bin/cargo");
                cargo
                    .args([subcommand, "--target", TARGET, "-Zbuild-std=std,panic_abort"])
                    .env("RUSTC", "/usr/bin/rustc")
                    // Building the standard library is not a stable feature of cargo yet.
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", DEBIAN_LINKER);
                cargo
            }
        }
    }
}

fn has_target() -> bool {
    let Ok(output) = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output() else {
        return false;
    };
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success() && Path::new(&folder).is_dir()
}

fn has_debian() -> bool {
    Path::new("/usr/bin/rustc").exists()
        && Path::new("/usr/bin/cargo").exists()
        && Path::new(DEBIAN_SOURCES).exists()
        && succeeds(Command::new(DEBIAN_LINKER).arg("--version"))
}

fn install_debian() -> bool {
    Path::new("/etc/debian_version").exists()
        && succeeds(Command::new("apt-get").args(["update", "-qq"]))
        && succeeds(
            Command::new("apt-get")
                .args(["install", "-y", "-qq", "--no-install-recommends"])
                .args(DEBIAN_PACKAGES)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )
}

/// Run a command; what it complains about is shown, what it chats is not.
fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// Run a command that has to succeed.
pub fn run(command: &mut Command) -> Result<()> {
    let what = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot start {what}"))?;
    if !status.success() {
        bail!("{what} failed ({status}); its messages are above");
    }
    Ok(())
}
