//! Puts every model, and every script beside one, into the program, so that it finds them wherever it is run.

#![expect(clippy::disallowed_methods, reason = "cargo says in the environment where things are")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=models");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut paths = Vec::new();
    walk(&root.join("models"), &mut paths);
    paths.sort();
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    for (extension, file) in [("json", "models.rs"), ("lua", "scripts.rs")] {
        let mut list = String::from("&[\n");
        for path in paths.iter().filter(|path| path.extension().is_some_and(|it| it == extension)) {
            let name = path.strip_prefix(&root).expect("it was found there");
            let name = name.to_str().expect("models have plain names").replace('\\', "/");
            let path = path.to_str().expect("a path that is text");
            let _ = writeln!(list, "    ({name:?}, include_str!({path:?})),");
        }
        list.push_str("]\n");
        fs::write(out.join(file), list).expect("the directory of the build can be written to");
    }
}

fn walk(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("the directory of models is there") {
        let path = entry.expect("its entries can be read").path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}
