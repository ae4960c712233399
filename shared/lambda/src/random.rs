//! The only source of randomness.

use aws_lc_rs::rand;

use crate::Problem;

/// Random bytes from the operating system's generator.
pub fn random<const N: usize>() -> Result<[u8; N], Problem> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| Problem::Internal("the random generator failed".into()))?;
    Ok(bytes)
}
