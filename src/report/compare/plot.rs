//! Plots as SVG: one panel a figure, logarithmic where the axis has numbers, light and dark by what the reader prefers.

use std::fmt::Write as _;

use plotters::coord::ranged1d::ValueFormatter;
use plotters::prelude::*;

use super::bars::plotted;
use super::sentences::number;
use super::{Comparison, Figure};
use crate::visible;

/// A plot's width, and the height of one panel, in pixels.
const SIZE: (u32, u32) = (1000, 520);

/// What is written and drawn with, on paper: each colour with what it is in the dark.
const INK: (RGBColor, &str) = (RGBColor(0x1A, 0x1B, 0x1E), "#E8E9EB");
const PAPER: (RGBColor, &str) = (RGBColor(0xFE, 0xFE, 0xFE), "#15171B");
const GRID: (RGBColor, &str) = (RGBColor(0xD9, 0xDB, 0xDF), "#3A3D44");
const FINE: (RGBColor, &str) = (RGBColor(0xEE, 0xEF, 0xF1), "#26292F");

/// Colours that stay apart for all eyes (Okabe and Ito 2008), each with what it is in the dark.
const LINES: [(RGBColor, &str); 7] = [
    (RGBColor(0xD5, 0x5E, 0x00), "#FF8A3D"),
    (RGBColor(0x00, 0x72, 0xB2), "#5CB8F0"),
    (RGBColor(0x00, 0x9E, 0x73), "#3DD6A8"),
    (RGBColor(0xA8, 0x4C, 0x86), "#E39BC6"),
    (RGBColor(0xB0, 0x7D, 0x00), "#F0C04A"),
    (RGBColor(0x5A, 0x5F, 0x66), "#B6BBC2"),
    (RGBColor(0x6A, 0x4C, 0xC0), "#B7A3F5"),
];

/// More lines than this have no room for a legend.
const MOST: usize = 14;

type Drawn = Result<(), Box<dyn std::error::Error>>;

/// The plots of a comparison as one SVG image; none if it has no numbers to plot.
pub fn plot(comparison: &Comparison) -> Option<String> {
    let figures = plotted(comparison);
    if figures.is_empty() {
        return None;
    }
    let mut svg = String::new();
    draw(comparison, &figures, &mut svg).ok()?;
    // The library writes colours as attributes, over which a style has its way.
    let end = svg.find('>')? + 1;
    svg.insert_str(end, &style());
    Some(svg)
}

fn style() -> String {
    let hex = |RGBColor(r, g, b): RGBColor| format!("#{r:02X}{g:02X}{b:02X}");
    let all = [INK, PAPER, GRID, FINE].into_iter().chain(LINES);
    let mut dark = String::new();
    for (paper, other) in all {
        let paper = hex(paper);
        let _ = write!(
            dark,
            "[fill=\"{paper}\"]{{fill:{other}}}[stroke=\"{paper}\"]{{stroke:{other}}}"
        );
    }
    format!(
        "\n<style>text{{font-family:system-ui,sans-serif}}@media (prefers-color-scheme: dark){{{dark}}}</style>"
    )
}

fn draw(comparison: &Comparison, figures: &[Figure], svg: &mut String) -> Drawn {
    let root = SVGBackend::with_string(svg, (SIZE.0, SIZE.1 * figures.len() as u32));
    let root = root.into_drawing_area();
    root.fill(&PAPER.0)?;
    for (area, figure) in root.split_evenly((figures.len(), 1)).iter().zip(figures) {
        if comparison.axis.is_some() {
            lines(comparison, figure, area)?;
        } else {
            columns(comparison, figure, area)?;
        }
    }
    root.present()?;
    Ok(())
}

type Area<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;

/// A range around some numbers, with room on both sides; none if they are not all above zero.
fn around(values: impl Iterator<Item = f64>, room: f64) -> Option<std::ops::Range<f64>> {
    let (least, most) = values
        .filter(|it| *it > 0.0)
        .fold((f64::MAX, 0.0_f64), |range, it| (range.0.min(it), range.1.max(it)));
    (most > 0.0).then(|| least / room..most * room)
}

fn lines(comparison: &Comparison, figure: &Figure, area: &Area<'_>) -> Drawn {
    let lines = comparison.lines(figure);
    let points = || lines.iter().flat_map(|it| &it.1);
    let Some(x) = around(points().map(|it| it.0), 1.15) else { return Ok(()) };
    let Some(y) = around(points().map(|it| it.1), 1.6) else { return Ok(()) };
    let mut chart = ChartBuilder::on(area)
        .caption(capital(figure.title), ("sans-serif", 30).into_font().color(&INK.0))
        .margin(20)
        .x_label_area_size(64)
        .y_label_area_size(110)
        .build_cartesian_2d(x.log_scale(), y.log_scale())?;
    mesh(&mut chart, comparison.axis_name(), figure, &number)?;
    for (place, (name, points)) in lines.iter().enumerate() {
        let (color, _) = LINES[place % LINES.len()];
        let points: Vec<(f64, f64)> = points.iter().copied().filter(|it| it.1 > 0.0).collect();
        let line = chart.draw_series(LineSeries::new(points.clone(), color.stroke_width(4)))?;
        if lines.len() <= MOST {
            line.label(visible::line(name).into_owned()).legend(move |(x, y)| {
                PathElement::new(vec![(x, y), (x + 26, y)], color.stroke_width(4))
            });
        }
        // Shapes tell lines apart for whoever sees no colours.
        let shapes = points.into_iter();
        match place % 3 {
            0 => {
                chart.draw_series(shapes.map(|it| Circle::new(it, 7, color.filled())))?;
            }
            1 => {
                chart.draw_series(shapes.map(|it| TriangleMarker::new(it, 9, color.filled())))?;
            }
            _ => {
                chart.draw_series(shapes.map(|it| Cross::new(it, 7, color.stroke_width(4))))?;
            }
        }
    }
    if lines.len() <= MOST {
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .margin(14)
            .legend_area_size(36)
            .label_font(("sans-serif", 22).into_font().color(&INK.0))
            .background_style(PAPER.0)
            .border_style(GRID.0)
            .draw()?;
    }
    Ok(())
}

/// One point a row, where nothing is on the axis but names.
fn columns(comparison: &Comparison, figure: &Figure, area: &Area<'_>) -> Drawn {
    let value = |row: &super::Row| row.measured().and_then(|it| (figure.of)(it));
    let rows: Vec<(&super::Row, f64)> =
        comparison.rows.iter().filter_map(|row| Some((row, value(row)?))).collect();
    let Some(y) = around(rows.iter().map(|it| it.1), 1.6) else { return Ok(()) };
    let mut chart = ChartBuilder::on(area)
        .caption(capital(figure.title), ("sans-serif", 30).into_font().color(&INK.0))
        .margin(20)
        .x_label_area_size(40)
        .y_label_area_size(110)
        .build_cartesian_2d(0.0..rows.len() as f64, y.clone().log_scale())?;
    mesh(&mut chart, "", figure, &|_| String::new())?;
    for (place, (row, value)) in rows.iter().enumerate().filter(|(_, it)| it.1 > 0.0) {
        let (color, _) = LINES[place % LINES.len()];
        let left = place as f64;
        let corners = [(left + 0.15, y.start), (left + 0.85, *value)];
        chart.draw_series([Rectangle::new(corners, color.filled())])?;
        let size = if rows.len() > 16 { 13 } else { 18 };
        let font = ("sans-serif", size).into_font().color(&INK.0);
        let name = visible::line(&row.line(None)).into_owned();
        let font = font.transform(FontTransform::Rotate270);
        chart.draw_series([Text::new(name, (left + 0.4, y.start * 1.1), font)])?;
    }
    Ok(())
}

fn mesh<X, Y>(
    chart: &mut ChartContext<'_, SVGBackend<'_>, Cartesian2d<X, Y>>,
    axis: &str,
    figure: &Figure,
    number: &dyn Fn(f64) -> String,
) -> Drawn
where
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let label = ("sans-serif", 22).into_font().color(&INK.0);
    chart
        .configure_mesh()
        .x_desc(visible::line(axis).into_owned())
        .x_labels(8)
        .y_labels(8)
        .x_label_formatter(&|value| number(*value))
        .y_label_formatter(&|value| figure.unit.mark(*value))
        .label_style(label.clone())
        .axis_desc_style(label)
        .axis_style(INK.0)
        .bold_line_style(GRID.0)
        .light_line_style(FINE.0)
        .draw()?;
    Ok(())
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}
