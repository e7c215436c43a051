mod history;
mod model;
mod trouble;
