//! Answers for the tests of the page's components: the engine and `inspect` answer a list of questions at a fixed time,
//! and the page's fake host looks the answers up (`ui/src/platform/fake/recorded.ts`).

mod profile;
mod questions;

use crate::{
    commands::{
        edit::{PreviewView, SignerInput, list_faults, signed},
        inspect::{KeyInput, inspected, named},
    },
    inspections::Inspections,
};
use ::inspect::{Draft, UserKey};
use profile::{Profile, TEST_KEY, World};
use questions::{COMPARISONS, PREVIEWS, Preview, QUESTIONS, Question};
use serde::Serialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fs, path::Path};

const FOLDER: &str = "ui/src/platform/fake/recorded";

/// Set `UPDATE_BINDINGS` (or run `make bindings`) to write the files instead of comparing them.
#[test]
fn answers_beside_the_bindings_are_those_of_this_program() {
    let answers = answers();
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        let _ = fs::remove_dir_all(FOLDER);
        for (name, text) in &answers {
            let file = Path::new(FOLDER).join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
    }
    let committed = files(Path::new(FOLDER));
    let differ = |name: &&String| committed.get(*name) != answers.get(*name);
    let drifted: Vec<&String> = committed.keys().chain(answers.keys()).filter(differ).collect();
    assert!(
        drifted.is_empty(),
        "{FOLDER} is not what the program answers: run `make bindings`, commit it: {drifted:?}"
    );
}

/// Every file by its name in the folder.
fn answers() -> BTreeMap<String, String> {
    let profile = Profile::new(World::Usual, None);
    let mut files = BTreeMap::from([("texts.json".to_owned(), lines(&json!(profile.texts), 1))]);
    files.insert("views.json".to_owned(), lines(&views(&profile), 2));
    let comparisons: Vec<Value> = COMPARISONS.iter().map(|pair| compared(&profile, *pair)).collect();
    files.insert("comparisons.json".to_owned(), lines(&comparisons, 3));
    for question in QUESTIONS {
        files.insert(format!("reports/{}.json", question.name), lines(&report(question), 3));
    }
    for preview in PREVIEWS {
        files.insert(format!("previews/{}.json", preview.name), lines(&previewed(preview), 5));
    }
    files
}

fn views(profile: &Profile) -> Value {
    let engine = &profile.engine;
    let policies = engine.policies().unwrap().into_iter().map(crate::commands::policies::PolicyView::from);
    let scopes = engine.scope_catalog().unwrap().into_iter().map(crate::commands::users::ScopeView::from);
    json!({
        "event_kinds": engine::events::EventKind::ALL.iter().map(|kind| kind.as_str()).collect::<Vec<_>>(),
        "faults": list_faults(),
        "policies": policies.collect::<Vec<_>>(),
        "scopes": scopes.collect::<Vec<_>>(),
        "sessions": profile.sessions(),
        "signers": crate::commands::edit::signers(engine).unwrap(),
        "users": profile.users(),
    })
}

fn compared(profile: &Profile, (before, after): (&str, &str)) -> Value {
    let token = |name: &str| jose::parse_exact(&profile.texts[name]);
    json!({ "before": before, "after": after, "answer": ::inspect::compare(&token(before), &token(after)) })
}

fn key_of(input: &Value) -> KeyInput {
    serde_json::from_value(input.clone()).unwrap()
}

fn report(question: &Question) -> Value {
    let profile = Profile::new(question.world, question.policy);
    profile.advance(question.after);
    let text = &profile.texts[question.text];
    let key = question.key.map(questions::key);
    let pasted = if question.exact { ::inspect::parse_as_pasted(text) } else { ::inspect::parse(text) };
    let user_key = key.as_ref().map(|key| UserKey::from(key_of(key)));
    let policy = named(&profile.engine, question.policy.map(str::to_owned)).unwrap();
    json!({
        "text": question.text,
        "key": key,
        "policy": question.policy,
        "world": question.world,
        "after": question.after,
        "exact": question.exact,
        "guess": ::inspect::guess_secret(&jose::parse_exact(pasted.token())),
        "report": inspected(&profile.engine, &pasted, user_key.as_ref(), policy),
    })
}

/// A preview, with every step that leads to it.
fn previewed(preview: &Preview) -> Value {
    let profile = Profile::new(preview.world, None);
    let before = jose::parse_exact(&profile.texts[preview.original]);
    let now = profile.engine.moment().seconds();
    let mut draft = Draft::of(&before).unwrap();
    let start = draft.clone();
    let steps: Vec<Value> = preview
        .edits
        .iter()
        .map(|edit| {
            let edit: Value = serde_json::from_str(edit).unwrap();
            let after = draft.apply(&serde_json::from_value(edit.clone()).unwrap(), now).unwrap();
            let from = std::mem::replace(&mut draft, after.clone());
            json!({ "draft": from, "edit": edit, "answer": after })
        })
        .collect();
    let signer: Value = serde_json::from_str(preview.signer).unwrap();
    let input: SignerInput = serde_json::from_value(signer.clone()).unwrap();
    let inspections = Inspections::default();
    let answer = signed(&profile.engine, &inspections, &before, &draft, input, None, None).map(|(token, key)| {
        let changes = ::inspect::changes(&before, &jose::parse_exact(&token));
        let report = inspected(&profile.engine, &::inspect::parse(&token), key.as_deref(), None);
        PreviewView { report, changes }
    });
    let answer = match answer {
        Ok(preview) => json!({ "status": "ok", "data": without_chance(&profile, &preview) }),
        Err(error) => json!({ "status": "error", "error": error }),
    };
    json!({
        "original": preview.original,
        "start": start,
        "steps": steps,
        "draft": draft,
        "signer": signer,
        "world": preview.world,
        "answer": answer,
    })
}

/// The test key is made by chance, which an answer that is compared cannot have.
fn without_chance(profile: &Profile, preview: &PreviewView) -> Value {
    let mut value = json!(preview);
    let Some(kid) = profile.test_key() else { return value };
    let token = preview.report.token.clone();
    let segments: Vec<&str> = token.split('.').collect();
    let shown: String = kid.chars().take(16).collect();
    let named = |text: &str| text.replace(&kid, TEST_KEY).replace(&shown, &TEST_KEY[..16]);
    let header = String::from_utf8(jose::base64url::decode(segments[0]).bytes).unwrap();
    let header = jose::base64url::encode(named(&header).as_bytes());
    for part in value["report"]["signature"]["parts"].as_array_mut().unwrap() {
        let zeros = part["hex"].as_str().unwrap().replace(|digit: char| digit != ' ', "0");
        part["hex"] = zeros.into();
    }
    let signature = segments[2].replace(|_: char| true, "A");
    let text = value.to_string().replace(&token, &[&header, segments[1], &signature].join("."));
    serde_json::from_str(&named(&text)).unwrap()
}

/// JSON with a line for each member or item down to `depth`, so that a difference is a line.
fn lines(value: &impl Serialize, depth: usize) -> String {
    let mut text = String::new();
    write(&json!(value), depth, 0, &mut text);
    text + "\n"
}

fn write(value: &Value, depth: usize, indent: usize, text: &mut String) {
    let items: Vec<(String, &Value)> = match value {
        Value::Array(items) if depth > 0 => items.iter().map(|item| (String::new(), item)).collect(),
        Value::Object(members) if depth > 0 => {
            members.iter().map(|(name, value)| (format!("{}: ", json!(name)), value)).collect()
        }
        _ => Vec::new(),
    };
    if items.is_empty() {
        *text += &value.to_string();
        return;
    }
    let (open, close) = if value.is_array() { ('[', ']') } else { ('{', '}') };
    text.push(open);
    for (index, (name, item)) in items.into_iter().enumerate() {
        *text += if index == 0 { "\n" } else { ",\n" };
        *text += &"  ".repeat(indent + 1);
        *text += &name;
        write(item, depth - 1, indent + 1, text);
    }
    *text += "\n";
    *text += &"  ".repeat(indent);
    text.push(close);
}

fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(files(&entry.path()).into_iter().map(|(inner, text)| (format!("{name}/{inner}"), text)));
        } else {
            found.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
    found
}
