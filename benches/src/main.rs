//! The measured promises. `make bench` runs all of them and writes the table; a name runs one group and writes nothing;
//! `--ours` runs the engine's part alone, once, for a profiler.

mod backlog;
mod cheap_receiver;
mod console;
mod cost;
mod deliveries;
mod edits;
mod engines;
mod events;
mod floods;
mod http;
mod isolation;
mod languages;
mod latency;
mod lists;
mod many_endpoints;
mod sends;
mod table;

use table::Table;

type Group = (&'static str, fn(&mut Table));

const GROUPS: &[Group] = &[
    ("sends", sends::run),
    ("latency", latency::run),
    ("deliveries", deliveries::run),
    ("events", events::run),
    ("many_endpoints", many_endpoints::run),
    ("isolation", isolation::run),
    ("edits", edits::run),
    ("backlog", backlog::run),
    ("lists", lists::run),
    ("http", http::run),
    ("console", console::run),
    ("languages", languages::run),
    ("cost", cost::run),
];

fn main() -> std::io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [part, database] = arguments.as_slice()
        && part == backlog::RESIDENT
    {
        backlog::print_resident_memory(database);
        return Ok(());
    }
    if let [part, file @ ..] = arguments.as_slice()
        && part == http::BARE
    {
        http::serve_bare(file.first().map(String::as_str));
        return Ok(());
    }
    if let [part, step, messages, folder] = arguments.as_slice()
        && part == cost::STEP
    {
        cost::run_step(step, messages, folder);
        return Ok(());
    }
    if let [part, arguments @ ..] = arguments.as_slice()
        && part == many_endpoints::PART
    {
        many_endpoints::run_part(arguments);
        return Ok(());
    }
    if let [part, trouble, folder] = arguments.as_slice()
        && part == isolation::PART
    {
        isolation::run_part(trouble, folder);
        return Ok(());
    }
    match arguments.as_slice() {
        [part, path] if part == console::FILE => {
            console::leave_file(path);
            return Ok(());
        }
        [part, folder] if part == edits::PART => {
            edits::run_part(folder);
            return Ok(());
        }
        [part, folder, endpoint] if part == edits::EDITOR => {
            edits::edit(folder, endpoint);
            return Ok(());
        }
        _ => {}
    }
    let wanted = arguments.iter().find(|argument| !argument.starts_with('-'));
    let mut table = Table::new(arguments.iter().any(|argument| argument == "--ours"));
    for (name, run) in GROUPS {
        if wanted.is_none_or(|wanted| wanted == name) {
            run(&mut table);
        }
    }
    if wanted.is_none() { table.publish() } else { Ok(()) }
}
