//! The table: ours beside its baseline, alternating rounds in one run, the median and the spread of what compares
//! them. Single figures mean little on a shared machine.

use std::path::Path;

const ROUNDS: usize = 5;
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/performance.md");

/// What a line promises.
#[derive(Clone, Copy)]
pub(crate) enum Goal {
    /// Ours divided by the baseline's is at least this.
    AtLeast(f64),
    /// Ours divided by the baseline's is at most this.
    AtMost(f64),
    /// Ours minus the baseline's is at most this.
    AtMostMore(f64),
    /// Ours is at most this, whatever the baseline's is.
    Below(f64),
    /// Printed for the reader.
    Shown,
}

/// One line's words.
pub(crate) struct Measure<'a> {
    pub name: &'a str,
    pub baseline: &'a str,
    pub unit: &'a str,
    pub goal: Goal,
}

pub(crate) struct Table {
    ours_alone: bool,
    lines: Vec<String>,
    costs: Vec<String>,
    endpoints: Vec<String>,
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn figure(value: f64) -> String {
    match value.abs() {
        0.0..1.0 => format!("{value:.2}"),
        1.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

impl Table {
    /// With `ours_alone` nothing is compared: the engine's part runs once, to be looked at with a profiler.
    pub(crate) fn new(ours_alone: bool) -> Self {
        let mut table = Self { ours_alone, lines: Vec::new(), costs: Vec::new(), endpoints: Vec::new() };
        table.line("| measure | baseline | ours | baseline's | compared | goal | met |".to_owned());
        table.line("|---|---|---|---|---|---|---|".to_owned());
        table
    }

    fn line(&mut self, text: String) {
        println!("{text}");
        self.lines.push(text);
    }

    /// Runs both in turns and adds a line.
    pub(crate) fn compare(
        &mut self,
        measure: &Measure<'_>,
        mut ours: impl FnMut() -> f64,
        mut baseline: impl FnMut() -> f64,
    ) {
        self.compare_each(std::array::from_ref(measure), || [ours()], || [baseline()]);
    }

    /// The same where one run yields the figures of several lines.
    pub(crate) fn compare_each<const LINES: usize>(
        &mut self,
        measures: &[Measure<'_>; LINES],
        mut ours: impl FnMut() -> [f64; LINES],
        mut baseline: impl FnMut() -> [f64; LINES],
    ) {
        if self.ours_alone {
            for (measure, figures) in measures.iter().zip(ours()) {
                println!("{}: {} {}", measure.name, figure(figures), measure.unit);
            }
            return;
        }
        let rounds: Vec<_> = (0..ROUNDS).map(|_| (ours(), baseline())).collect();
        for (line, measure) in measures.iter().enumerate() {
            let (mut mine, mut theirs): (Vec<f64>, Vec<f64>) =
                rounds.iter().map(|(ours, baseline)| (ours[line], baseline[line])).unzip();
            let mut compared: Vec<f64> = mine
                .iter()
                .zip(&theirs)
                .map(|(a, b)| if matches!(measure.goal, Goal::AtMostMore(_)) { a - b } else { a / b })
                .collect();
            self.add(measure, median(&mut mine), median(&mut theirs), &mut compared);
        }
    }

    /// Adds a line whose figures were taken elsewhere.
    pub(crate) fn add(&mut self, measure: &Measure<'_>, ours: f64, baseline: f64, compared: &mut [f64]) {
        let middle = median(compared);
        let (low, high) = (compared.first().unwrap_or(&middle), compared.last().unwrap_or(&middle));
        let (goal, met) = match measure.goal {
            Goal::AtLeast(goal) => (format!("at least {goal}"), middle >= goal),
            Goal::AtMost(goal) => (format!("at most {goal}"), middle <= goal),
            Goal::AtMostMore(goal) => (format!("at most {goal} {} more", measure.unit), middle <= goal),
            Goal::Below(goal) => (format!("at most {goal} {}", measure.unit), ours <= goal),
            Goal::Shown => (String::new(), true),
        };
        let Measure { name, baseline: beside, unit, .. } = measure;
        let (ours, baseline) = (figure(ours), figure(baseline));
        let spread = format!("{} ({} to {})", figure(middle), figure(*low), figure(*high));
        let met = match (goal.is_empty(), met) {
            (true, _) => "",
            (false, true) => "yes",
            (false, false) => "no",
        };
        self.line(format!(
            "| {name} | {beside} | {ours} {unit} | {baseline} {unit} | {spread} | {goal} | {met} |"
        ));
    }

    /// A line of the second table, of what a message costs.
    pub(crate) fn cost(&mut self, text: String) {
        println!("{text}");
        self.costs.push(text);
    }

    /// A line of the third table, of many endpoints beside one.
    pub(crate) fn endpoints(&mut self, text: String) {
        println!("{text}");
        self.endpoints.push(text);
    }

    /// Puts the tables into `docs/performance.md`, between their marks.
    pub(crate) fn publish(&self) -> std::io::Result<()> {
        if self.ours_alone {
            return Ok(());
        }
        let page = std::fs::read_to_string(Path::new(PAGE))?;
        let page = between(&page, "table", &self.lines)?;
        let page = between(&page, "endpoints", &self.endpoints)?;
        std::fs::write(PAGE, between(&page, "costs", &self.costs)?)
    }
}

fn between(page: &str, name: &str, lines: &[String]) -> std::io::Result<String> {
    let (first, last) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->\n"));
    let (Some(begin), Some(end)) = (page.find(&first), page.find(&last)) else {
        return Err(std::io::Error::other(format!("docs/performance.md has no marks for {name}")));
    };
    Ok(format!("{}{}\n{}", &page[..begin + first.len()], lines.join("\n"), &page[end..]))
}
