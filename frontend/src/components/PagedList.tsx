import type { UseQueryResult } from '@tanstack/react-query'
import { FilterX } from 'lucide-react'
import type { ReactNode } from 'react'
import { strings } from '@/strings'
import { EmptyState } from './EmptyState'
import { ErrorState } from './ErrorState'
import { ListSkeleton } from './ListSkeleton'
import { Paging } from './Paging'
import { useFilters } from './useFilters'

type Props<T> = {
  query: UseQueryResult<{ items: T[]; total: number }, unknown>
  /** How many entries a page has. */
  limit: number
  isFiltered?: boolean
  /** What is shown where there is nothing yet. */
  empty: ReactNode
  /** Pixels of a row while the list is on its way. */
  rowHeight?: number
  children: (items: T[]) => ReactNode
}

/** One page of a list, or why there is none: it is on its way, it failed, there is nothing. */
export function PagedList<T>({ query, limit, isFiltered = false, empty, rowHeight, children }: Props<T>) {
  const filters = useFilters()
  const { data, error, isError, refetch } = query
  if (!data)
    return isError ? <ErrorState error={error} onRetry={() => void refetch()} /> : <ListSkeleton height={rowHeight} />
  const { items, total } = data
  return (
    <>
      {items.length > 0 ? (
        children(items)
      ) : isFiltered || total > 0 ? (
        <EmptyState icon={FilterX} title={strings.list.nothing} color="gray">
          {strings.list.nothingHint}
        </EmptyState>
      ) : (
        empty
      )}
      <Paging total={total} limit={limit} offset={filters.offset} onOffset={filters.turnTo} />
    </>
  )
}
