//! `math.random` as Redis 7.0 has it: its own generator, which begins alike in each server and goes on from script to
//! script (fact A2 of the second round; 6.2 began anew with each script).

/// The 48-bit linear congruential generator of `lrand48`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rand48(u64);

/// One more than the largest number that is drawn.
pub(super) const RANGE: f64 = 2_147_483_647.0;

impl Default for Rand48 {
    /// The state that a server starts with: that of `drand48` without a seed.
    fn default() -> Self {
        Self(0x1234_ABCD_330E)
    }
}

impl Rand48 {
    /// The state after `srand48(seed)`.
    pub(super) fn seeded(seed: i32) -> Self {
        Self((u64::from(seed as u32) << 16) | 0x330E)
    }

    /// As a number, for keys.
    pub(crate) const fn state(self) -> u64 {
        self.0
    }

    /// The next number of 31 bits.
    pub(super) fn draw(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(0x5_DEEC_E66D).wrapping_add(11) & 0xFFFF_FFFF_FFFF;
        (self.0 >> 17) as u32
    }

    /// A number in `0.0..1.0`.
    pub(super) fn unit(&mut self) -> f64 {
        let modulus = RANGE as u32;
        f64::from(self.draw() % modulus) / RANGE
    }
}
