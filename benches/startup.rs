//! Start-up time and memory of the app and of an empty window, in one run:  scripts/bench-window.sh
//!
//! Both programs are measured from outside and in the same way, without hooks. The X server keeps its screen in a file,
//! which is polled every few milliseconds. A start lasts from the program's execution until nine tenths of the final
//! picture are on the screen. In the app that picture includes the engine's first answers, and the page accepts input
//! before it is painted. Memory is read two seconds later, for the program and all processes of its web view: PSS,
//! which divides shared pages among processes, and RSS, which counts them in each.
#![cfg_attr(
    target_os = "linux",
    expect(
        clippy::unwrap_used,
        clippy::print_stdout,
        clippy::disallowed_methods,
        reason = "a benchmark prints, reads the real clock, and ends where a step fails"
    )
)]

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

/// The screen and the memory are read through Linux interfaces.
#[cfg(not(target_os = "linux"))]
fn main() -> Result<(), &'static str> {
    Err("start-up is measured on Linux")
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        collections::HashMap,
        fs::{self, File},
        os::unix::fs::FileExt,
        path::Path,
        process::{Child, Command, Stdio},
        thread,
        time::{Duration, Instant},
    };
    use workbench_tests::desktop::{Desktop, built};

    /// How often the screen is polled, and which of its rows: every fourth.
    const GLANCE: Duration = Duration::from_millis(4);
    const STEP: usize = 4;
    /// The window is at rest after this long with only small changes.
    const REST: Duration = Duration::from_secs(2);

    /// The most the app may need, as a multiple of the empty window.
    const TIME_TARGET: f64 = 1.2;
    const MEMORY_TARGET: f64 = 1.2;

    struct Run {
        milliseconds: f64,
        pss: f64,
        rss: f64,
    }

    pub(crate) fn main() {
        let rounds = std::env::args().nth(1).map_or(10, |text| text.parse().unwrap());
        let desktop = Desktop::start();
        let programs = [built("bare-window"), built("token-workbench")];
        // The first start of each fills the disk cache and creates the profile; it does not count.
        for program in &programs {
            start(&desktop, program);
        }
        let mut runs = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            for (program, runs) in programs.iter().zip(&mut runs) {
                runs.push(start(&desktop, program));
            }
        }

        println!("{rounds} starts each, alternating; medians (lowest to highest)\n");
        println!("{:14} {:>26} {:>24} {:>24}", "", "start to picture, ms", "memory PSS, MB", "memory RSS, MB");
        let measures: [fn(&Run) -> f64; 3] = [|run| run.milliseconds, |run| run.pss, |run| run.rss];
        let [bare, app] = runs.map(|runs| measures.map(|measure| Spread::of(runs.iter().map(measure).collect())));
        for (name, [time, pss, rss]) in [("empty window", &bare), ("the app", &app)] {
            println!("{name:14} {:>26} {:>24} {:>24}", time.text(), pss.text(), rss.text());
        }
        let [time, pss, rss] = [0, 1, 2].map(|i| app[i].median / bare[i].median);
        println!("{:14} {time:>26.2} {pss:>24.2} {rss:>24.2}", "ratio");
        println!("{:14} {:>26} {:>24}", "target", format!("at most {TIME_TARGET}"), format!("at most {MEMORY_TARGET}"));
        println!("{:14} {:>26} {:>24}", "", verdict(time, TIME_TARGET), verdict(pss, MEMORY_TARGET));
    }

    struct Spread {
        median: f64,
        low: f64,
        high: f64,
    }

    impl Spread {
        fn of(mut values: Vec<f64>) -> Self {
            values.sort_by(f64::total_cmp);
            Self { median: values[values.len() / 2], low: values[0], high: values[values.len() - 1] }
        }

        fn text(&self) -> String {
            format!("{:.0} ({:.0} to {:.0})", self.median, self.low, self.high)
        }
    }

    fn verdict(ratio: f64, target: f64) -> &'static str {
        if ratio <= target { "met" } else { "missed" }
    }

    /// Starts a program, times its start, measures its memory and ends it.
    fn start(desktop: &Desktop, program: &Path) -> Run {
        let mut command: Command = desktop.command(program);
        command.env_remove("TAURI_WEBVIEW_AUTOMATION").stdout(Stdio::null()).stderr(Stdio::null());
        let screen = Screen::open(&desktop.screen_memory());
        let begin = Instant::now();
        let mut child = command.spawn().unwrap();
        let milliseconds = screen.time_of_picture(begin);
        let family = family_of(child.id());
        let [pss, rss] = ["Pss:", "Rss:"].map(|field| family.iter().map(|&process| memory(process, field)).sum());
        end(&mut child, &family);
        Run { milliseconds, pss, rss }
    }

    /// Kills the program and waits until its web view has ended too, so that no run disturbs the next.
    fn end(child: &mut Child, family: &[u32]) {
        child.kill().unwrap();
        child.wait().unwrap();
        while family.iter().any(|process| memory(*process, "Rss:") > 0.0) {
            thread::sleep(GLANCE);
        }
    }

    /// Some rows of the screen as they are in memory. Polling must be cheap, or it slows down what it measures.
    #[derive(PartialEq)]
    struct Picture(Vec<u8>);

    impl Picture {
        fn pixels(&self) -> impl Iterator<Item = u32> {
            self.0.chunks_exact(4).map(|pixel| u32::from_le_bytes(pixel.try_into().unwrap()))
        }
    }

    struct Screen {
        memory: File,
        header: u64,
        row: usize,
        rows: usize,
    }

    impl Screen {
        /// The file starts with a header of big-endian numbers: its own length, …, height, …, bytes in a row.
        fn open(path: &Path) -> Self {
            let memory = File::open(path).unwrap();
            let number = |index: u64| {
                let mut bytes = [0; 4];
                memory.read_exact_at(&mut bytes, index * 4).unwrap();
                u32::from_be_bytes(bytes)
            };
            let (length, rows, row, colours) = (number(0), number(5), number(12), number(19));
            const BYTES_OF_A_COLOUR: u32 = 12;
            let header = u64::from(length + colours * BYTES_OF_A_COLOUR);
            Self { header, row: row as usize, rows: rows as usize, memory }
        }

        fn picture(&self) -> Picture {
            let mut rows = vec![0; self.row * self.rows.div_ceil(STEP)];
            for (index, row) in rows.chunks_exact_mut(self.row).enumerate() {
                self.memory.read_exact_at(row, self.header + (index * STEP * self.row) as u64).unwrap();
            }
            Picture(rows)
        }

        /// Watches until the window is at rest, then finds when that picture first appeared.
        fn time_of_picture(&self, begin: Instant) -> f64 {
            let mut seen = vec![(begin, self.picture())];
            let mut moved = begin;
            while moved == begin || moved.elapsed() < REST {
                thread::sleep(GLANCE);
                let (now, picture) = (Instant::now(), self.picture());
                let before = &seen[seen.len() - 1].1;
                if picture == *before {
                    continue;
                }
                // A ticking clock changes less than a window that is being painted.
                let changed = picture.pixels().zip(before.pixels()).filter(|(a, b)| a != b).count();
                if changed > self.row * self.rows / STEP / 4 / 1000 {
                    moved = now;
                }
                seen.push((now, picture));
            }
            let (first, last) = (&seen[0].1, &seen[seen.len() - 1].1);
            let ground = most_common(last);
            let pixels = first.pixels().zip(last.pixels()).enumerate();
            let ink = pixels.filter(|&(_, (old, new))| new != ground && new != old).map(|(i, (_, new))| (i, new));
            let ink = ink.collect::<HashMap<_, _>>();
            let there = |picture: &Picture| {
                let right = picture.pixels().enumerate().filter(|(i, pixel)| ink.get(i) == Some(pixel)).count();
                right * 10 >= ink.len() * 9
            };
            let (time, _) = seen.iter().find(|(_, picture)| there(picture)).unwrap();
            time.duration_since(begin).as_secs_f64() * 1000.0
        }
    }

    fn most_common(picture: &Picture) -> u32 {
        let mut counts = HashMap::new();
        picture.pixels().for_each(|pixel| *counts.entry(pixel).or_insert(0) += 1);
        counts.into_iter().max_by_key(|&(_, count)| count).unwrap().0
    }

    /// A process and all its descendants.
    fn family_of(head: u32) -> Vec<u32> {
        let parents = fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| {
            let process: u32 = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((process, stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()?))
        });
        let parents: Vec<(u32, u32)> = parents.collect();
        let mut family = vec![head];
        let mut next = 0;
        while let Some(&parent) = family.get(next) {
            family.extend(parents.iter().filter(|&&(_, of)| of == parent).map(|&(process, _)| process));
            next += 1;
        }
        family
    }

    /// One field of a process's memory in megabytes; `None` if the process has ended.
    fn memory(process: u32, field: &str) -> f64 {
        let Ok(text) = fs::read_to_string(format!("/proc/{process}/smaps_rollup")) else { return 0.0 };
        let line = text.lines().find_map(|line| line.strip_prefix(field)).unwrap_or_default();
        line.trim().trim_end_matches(" kB").parse::<f64>().unwrap_or_default() / 1024.0
    }
}
