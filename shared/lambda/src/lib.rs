mod function;
pub use function::{BoxFuture, Environment, Function, Handler, StartError};
