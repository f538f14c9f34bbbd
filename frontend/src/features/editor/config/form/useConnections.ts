import { useQuery } from '@tanstack/react-query'
import type { ConnectionOut, ModuleOut } from '@/api/generated'
import { listConnectionsOptions } from '@/api/generated/@tanstack/react-query.gen'

const MOST = 200

/** The connections that a module can use; `isAll` while none may be missing from the list. */
export function useConnections(module: ModuleOut) {
  const types = module.required_connections
  const { data, error, isPending } = useQuery({
    ...listConnectionsOptions({ query: { limit: MOST } }),
    staleTime: 15_000,
    // Somebody who has made one in another window finds it here.
    refetchOnWindowFocus: 'always',
    meta: { quiet: true },
  })
  const fitting: ConnectionOut[] = (data?.items ?? []).filter(({ type }) => types.length === 0 || types.includes(type))
  const isAll = data !== undefined && data.total <= MOST
  return { fitting, error, isPending, isAll, has: (id: string) => fitting.some(each => each.connection_id === id) }
}
