import { useQuery } from '@tanstack/react-query'
import { getInstallationOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useRefusal } from '@/session/useAccount'

/** Whether a language model can be asked for drafts, here and by this person. */
export function useAssistant(): boolean {
  const { data } = useQuery({ ...getInstallationOptions(), staleTime: Number.POSITIVE_INFINITY })
  return useRefusal() === null && (data?.has_assistant ?? false)
}
