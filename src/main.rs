//! The `shortlister` program; everything is in the library.

fn main() -> std::process::ExitCode {
    shortlister::cli::main()
}
