import { useSearchParams } from 'react-router'

type Filters = {
  get: (name: string) => string
  /** An empty value takes the filter away; every change but that of the page goes back to the first page. */
  set: (name: string, value: string | null) => void
  clear: () => void
  offset: number
  turnTo: (offset: number) => void
}

/** A list's filters, which live in the address: a link or a reload shows the same. */
export function useFilters(): Filters {
  const [search, setSearch] = useSearchParams()
  const set = (name: string, value: string | null) => {
    // The address as it is now: what was drawn may be older, as where a search is told a moment after it was typed.
    const after = new URLSearchParams(window.location.search)
    if (name !== 'offset') after.delete('offset')
    if (value) after.set(name, value)
    else after.delete(name)
    setSearch(after, { replace: true })
  }
  return {
    get: name => search.get(name) ?? '',
    set,
    clear: () => setSearch({}, { replace: true }),
    offset: Math.max(0, Number.parseInt(search.get('offset') ?? '0', 10) || 0),
    turnTo: offset => set('offset', String(offset || '')),
  }
}
