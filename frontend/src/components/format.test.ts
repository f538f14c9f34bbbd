import { expect, it } from 'vitest'
import { bytes, count, duration, momentIn } from './format'

it('says bytes in the largest unit that leaves at least one', () => {
  expect([0, 999, 1000, 1_500_000, 999_999_999].map(bytes)).toEqual(['0 B', '999 B', '1.0 kB', '1.5 MB', '1000 MB'])
})

it('says seconds with the precision that a person needs', () => {
  expect([0, 9.994, 12.34, 59.96, 185, 7800].map(duration)).toEqual([
    '0.00 s',
    '9.99 s',
    '12.3 s',
    '1 min 00 s',
    '3 min 05 s',
    '2 h 10 min',
  ])
})

it('shows a dash for what is not known, and a zero for zero', () => {
  expect([count(null), count(0), duration(undefined), bytes(null)]).toEqual(['–', '0', '–', '–'])
})

it('tells a moment on the clock of its zone', () => {
  expect(momentIn('2026-07-01T22:30:00Z', 'Europe/Amsterdam')).toContain('Thu')
})
