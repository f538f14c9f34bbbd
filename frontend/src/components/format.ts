import dayjs from 'dayjs'
import relativeTime from 'dayjs/plugin/relativeTime'

dayjs.extend(relativeTime)

const NUMBER = new Intl.NumberFormat('en')
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']
const NOTHING = '–'

/** A count with separators; a dash for what is not known. */
export function count(value: number | null | undefined): string {
  return value == null ? NOTHING : NUMBER.format(value)
}

/** Bytes in the largest unit that leaves at least one. */
export function bytes(value: number | null | undefined): string {
  if (value == null) return NOTHING
  const power = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3))
  const amount = value / 1000 ** power
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${UNITS[power]}`
}

/** Seconds as a person says them: 0.42 s, 12.3 s, 3 min 05 s, 2 h 10 min. */
export function duration(seconds: number | null | undefined): string {
  if (seconds == null) return NOTHING
  if (seconds < 10) return `${seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`
}

/** A moment in the browser's time zone. */
export function moment(value: string | null | undefined): string {
  return value ? dayjs(value).format('D MMM YYYY, HH:mm:ss') : NOTHING
}

/** How long ago, or in how long. */
export function fromNow(value: string | null | undefined): string {
  return value ? dayjs(value).fromNow() : NOTHING
}

/** A moment where it happens: the clock of a time zone, with its weekday. */
export function momentIn(value: string, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(new Date(value))
}
