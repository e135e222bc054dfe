//! docs/security.md lists the tests that enforce each check. Those tests must exist, and no check may be left out.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// How many checks each subject has.
const CHECKS: [(&str, u32); 22] = [
    ("JWT", 28),
    ("KEY", 11),
    ("TOK", 12),
    ("RT", 11),
    ("AT", 4),
    ("BR", 5),
    ("RV", 6),
    ("IN", 4),
    ("MD", 3),
    ("PW", 11),
    ("OTP", 9),
    ("SES", 3),
    ("UI", 9),
    ("TAU", 10),
    ("CLIP", 3),
    ("MEM", 3),
    ("KR", 8),
    ("HTTP", 14),
    ("DB", 11),
    ("CLK", 1),
    ("CON", 3),
    ("REL", 2),
];

#[test]
fn every_check_has_one_answer_and_every_test_that_is_named_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let page = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let (_, list) = page.split_once("## The checklist").unwrap();
    let tests = tests_of(&[root.join("src-tauri"), root.join("tests")]);
    let mut answers = BTreeMap::<String, u32>::new();
    for line in list.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| id ")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [ids, _, held] = cells[..] else { panic!("three columns: {line}") };
        assert!(!held.is_empty(), "{line}");
        for id in ids_in(ids) {
            *answers.entry(id).or_default() += 1;
        }
        for name in held.split('`').skip(1).step_by(2).filter(|name| is_test_name(name)) {
            assert!(tests.contains(name), "there is no test {name}: {line}");
        }
    }
    let wanted = CHECKS.iter().flat_map(|(subject, count)| (1..=*count).map(move |n| (format!("{subject}-{n:02}"), 1)));
    assert_eq!(answers, wanted.collect::<BTreeMap<_, _>>());
}

/// "A-01", "A-01, A-03" or "A-01 … A-03".
fn ids_in(cell: &str) -> Vec<String> {
    let parts = |id: &str| {
        let (subject, number) = id.trim().split_once('-').unwrap();
        (subject.to_owned(), number.parse::<u32>().unwrap())
    };
    if let Some((first, last)) = cell.split_once('…') {
        let ((subject, first), (_, last)) = (parts(first), parts(last));
        return (first..=last).map(|number| format!("{subject}-{number:02}")).collect();
    }
    cell.split(',').map(|id| id.trim().to_owned()).collect()
}

/// Test names are sentences: no other word in the table has this many underscores.
fn is_test_name(name: &str) -> bool {
    let is_of_a_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    name.matches('_').count() > 2 && name.bytes().all(is_of_a_name)
}

/// The names that follow a `#[test]`, or tokio's, in the Rust files of these folders.
fn tests_of(folders: &[PathBuf]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = folders.to_vec();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let after = text.split("test]\n").skip(1);
                names.extend(after.filter_map(|rest| Some(rest.split_once("fn ")?.1.split_once('(')?.0.to_owned())));
            }
        }
    }
    names
}
