//! Pictures of what was measured, in `plots/`. Text is left to the viewer's fonts.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use plotters::prelude::*;

use crate::{Spread, Timings, directory};

const WIDTH: u32 = 860;
const BAR: u32 = 22;
const MARGIN: i32 = 12;
/// For the names at the left.
const NAMES: i32 = 330;
const OURS: RGBColor = RGBColor(0x1b, 0x6c, 0xa8);
const OTHERS: RGBColor = RGBColor(0xb9, 0xc2, 0xcb);
const COLOURS: [RGBColor; 6] = [
    OURS,
    RGBColor(0xd9, 0x5f, 0x02),
    RGBColor(0x1b, 0x9e, 0x77),
    RGBColor(0x75, 0x70, 0xb3),
    RGBColor(0x99, 0x99, 0x99),
    RGBColor(0xe7, 0x29, 0x8a),
];

/// A line of a plot: its name, and a value at each place.
#[derive(Debug, Clone)]
pub struct Series {
    /// The name in the legend.
    pub name: &'static str,
    /// From left to right.
    pub points: Vec<(f64, f64)>,
}

/// Draws the nanoseconds of each contestant as a bar, ours in a colour of its own, as `plots/<file>.svg`.
///
/// # Errors
///
/// When the file can't be written.
pub fn bars(file: &str, title: &str, timings: &[Timings]) -> Result<(), Box<dyn Error>> {
    let medians: Vec<(&str, f64)> =
        timings.iter().map(|one| (one.name, Spread::of(one.nanos.clone()).median)).collect();
    let longest = medians.iter().map(|(_, nanos)| *nanos).fold(1.0, f64::max);
    let path = place(file)?;
    let rows = u32::try_from(medians.len())?;
    let area = SVGBackend::new(&path, (WIDTH, rows * BAR + 56)).into_drawing_area();
    area.fill(&WHITE)?;
    area.draw(&Text::new(title.to_owned(), (MARGIN, 12), ("sans-serif", 17)))?;
    let room = f64::from(WIDTH) - f64::from(NAMES) - 70.0;
    for (row, (name, nanos)) in medians.iter().enumerate() {
        let top = 40 + i32::try_from(row)? * i32::try_from(BAR)?;
        let colour = if name.starts_with("ctu") { OURS } else { OTHERS };
        #[allow(clippy::cast_possible_truncation)] // less than the width
        let right = NAMES + (room * nanos / longest) as i32;
        area.draw(&Text::new((*name).to_owned(), (MARGIN, top + 2), ("sans-serif", 13)))?;
        area.draw(&Rectangle::new([(NAMES, top), (right.max(NAMES + 1), top + 16)], colour.filled()))?;
        area.draw(&Text::new(format!("{nanos:.1} ns"), (right + 6, top + 2), ("sans-serif", 13)))?;
    }
    area.present()?;
    Ok(())
}

/// Draws a plot for each panel, with a line for each series, as `plots/<file>.svg`. Values are parts of 1.
///
/// # Errors
///
/// When the file can't be written.
pub fn lines(file: &str, title: &str, panels: &[(&str, Vec<Series>)]) -> Result<(), Box<dyn Error>> {
    let path = place(file)?;
    let area = SVGBackend::new(&path, (1_080, 760)).into_drawing_area();
    area.fill(&WHITE)?;
    let area = area.titled(title, ("sans-serif", 20))?;
    for ((name, series), panel) in panels.iter().zip(area.split_evenly((2, panels.len().div_ceil(2)))) {
        let mut chart = ChartBuilder::on(&panel)
            .caption(name, ("sans-serif", 15))
            .margin(MARGIN)
            .x_label_area_size(34)
            .y_label_area_size(44)
            .build_cartesian_2d(0.0..0.21, 0.0..1.0)?;
        chart
            .configure_mesh()
            .x_labels(5)
            .x_label_formatter(&|part| format!("{:.0} %", part * 100.0))
            .y_label_formatter(&|part| format!("{:.0} %", part * 100.0))
            .x_desc("capacity, of all keys")
            .light_line_style(WHITE)
            .draw()?;
        for (one, colour) in series.iter().zip(COLOURS) {
            chart
                .draw_series(LineSeries::new(one.points.iter().copied(), colour.stroke_width(2)))?
                .label(one.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], colour.stroke_width(2)));
        }
        chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(OTHERS).draw()?;
    }
    area.present()?;
    Ok(())
}

fn place(file: &str) -> Result<PathBuf, Box<dyn Error>> {
    let plots: &Path = &directory().join("plots");
    fs::create_dir_all(plots)?;
    Ok(plots.join(format!("{file}.svg")))
}
