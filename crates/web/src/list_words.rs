//! What is wrong with a cell of a list, in words, for reports at the command line: the same sentences as on the pages.

use gapura_app::csv_table::CellFault;
use gapura_app::venue_list::ListFault;

use crate::lang::Lang;
use crate::people::columns;
use crate::venue::columns::header;
use crate::venue::fault::in_words;

/// A fault in a list of places, in English.
#[must_use]
pub fn fault_of_places(fault: &ListFault) -> String {
    let w = Lang::En.words();
    let field = fault.column.map_or("", |column| header(w, column));
    in_words(w, fault.code, &fault.params, field)
}

/// A fault in a list of people or vaccinations, in English.
#[must_use]
pub fn fault_of_people(fault: &CellFault) -> String {
    columns::sentence(Lang::En.words(), fault.column, fault.code)
}
