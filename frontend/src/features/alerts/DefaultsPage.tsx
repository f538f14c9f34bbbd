import { Text } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import {
  getAlertDefaultsOptions,
  getAlertDefaultsQueryKey,
  setAlertDefaultsMutation,
} from '@/api/generated/@tanstack/react-query.gen'
import { messageOf } from '@/api/problem'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/ListSkeleton'
import { Page } from '@/components/Page'
import { PageHeader } from '@/components/PageHeader'
import { toast } from '@/components/toast'
import { useAdminRefused } from '@/session/useAccount'
import { strings } from '@/strings'
import { RulesForm } from './components/RulesForm'
import { refusedRules } from './rules'

const text = strings.alerts

/** What admins decide for all pipelines; others can read it. */
export function Component() {
  const queryClient = useQueryClient()
  const defaults = useQuery(getAlertDefaultsOptions())
  const refusal = useAdminRefused().title ?? null
  const save = useMutation({
    ...setAlertDefaultsMutation(),
    meta: { quiet: true },
    // What is wrong with a field stands at it.
    onError: error => {
      if (refusedRules(error).length === 0) toast.error(messageOf(error))
    },
    onSuccess: () => {
      toast.success(text.saved)
      return queryClient.invalidateQueries({ queryKey: getAlertDefaultsQueryKey() })
    },
  })
  return (
    <Page title={text.defaults}>
      <PageHeader title={text.defaults} />
      <Text c="dimmed" mb="md">
        {text.defaultsHint}
      </Text>
      {defaults.isPending && <ListSkeleton />}
      {defaults.isError && <ErrorState error={defaults.error} onRetry={() => void defaults.refetch()} />}
      {defaults.data && (
        <RulesForm
          // Only other rules begin the form anew: looking again must not take away what is being typed.
          key={JSON.stringify(defaults.data)}
          title={text.rules}
          saved={defaults.data}
          action={text.saveDefaults}
          isBusy={save.isPending}
          refusal={refusal}
          problems={refusedRules(save.error)}
          onSave={body => save.mutate({ body })}
        />
      )}
    </Page>
  )
}
