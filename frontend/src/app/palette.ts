import type { MantineColorsTuple } from '@mantine/core'

/**
 * Mantine's colours with darker ends. Text is drawn with the seventh to ninth shade on white or on the first, buttons in
 * the dark with the sixth under white: every one of these pairs has a contrast of 4.5 or more.
 */
type Palette = Record<'indigo' | 'dark' | 'teal' | 'red' | 'orange' | 'yellow' | 'blue', MantineColorsTuple>

const tuple = (shades: string) => shades.split(' ') as unknown as MantineColorsTuple

export const palette: Palette = {
  indigo: tuple('#eef0ff #dfe3ff #c3c9fd #a3abfa #858cf7 #7176f3 #5d5fee #5354df #4849c8 #3b3bab'),
  dark: tuple('#d6d9e4 #b4b9c8 #8f95a8 #6a7085 #3c4155 #2e3243 #232736 #1a1d29 #14161f #0e1017'),
  teal: tuple('#e6fcf5 #c3fae8 #96f2d7 #63e6be #38d9a9 #20c997 #08845f #087f5b #076d4e #065f44'),
  red: tuple('#fff5f5 #ffe3e3 #ffc9c9 #ffa8a8 #ff8787 #ff6b6b #dc2b2b #c92a2a #b02525 #971f1f'),
  orange: tuple('#fff4e6 #ffe8cc #ffd8a8 #ffc078 #ffa94d #ff922b #bf4d08 #b54708 #9c3c06 #843305'),
  yellow: tuple('#fff9db #fff3bf #ffec99 #ffe066 #ffd43b #fcc419 #966000 #8a5700 #7a4c00 #6b4200'),
  blue: tuple('#e7f5ff #d0ebff #a5d8ff #74c0fc #4dabf7 #339af0 #1a73c6 #1971c2 #1864ab #145591'),
}
