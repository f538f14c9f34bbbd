import { useQuery } from '@tanstack/react-query'
import type { ConnectionTypeList, ConnectionTypeOut } from '@/api/generated'
import { listConnectionTypesOptions } from '@/api/generated/@tanstack/react-query.gen'

export type ConnectionTypes = ReadonlyMap<string, ConnectionTypeOut>

const byName = ({ items }: ConnectionTypeList): ConnectionTypes => new Map(items.map(each => [each.name, each]))
const NONE: ConnectionTypes = new Map()

/** The kinds of connections by name; none until they are loaded. */
export function useConnectionTypes(): ConnectionTypes {
  const types = useQuery({ ...listConnectionTypesOptions(), select: byName, staleTime: Number.POSITIVE_INFINITY })
  return types.data ?? NONE
}
