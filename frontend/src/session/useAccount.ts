import { useQuery } from '@tanstack/react-query'
import type { AccountOut } from '@/api/generated'
import { getMeOptions } from '@/api/generated/@tanstack/react-query.gen'

/** Who is signed in; undefined until that is known. */
export function useAccount(): AccountOut | undefined {
  return useQuery({ ...getMeOptions(), staleTime: 300_000 }).data
}

/** Whether the person may do what only admins may; the service decides, this hides what it would refuse. */
export function useIsAdmin(): boolean {
  return useAccount()?.role === 'admin'
}
