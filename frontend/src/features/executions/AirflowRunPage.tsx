import { useQuery } from '@tanstack/react-query'
import { Hourglass } from 'lucide-react'
import { Navigate, useLocation, useParams } from 'react-router'
import { listExecutionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/ListSkeleton'
import { Page } from '@/components/Page'
import { strings } from '@/strings'

const text = strings.executions

/** Where Airflow's pages lead: it knows a run by an id of its own. */
export function Component() {
  const { pipelineId = '', dagRunId = '' } = useParams()
  const { search } = useLocation()
  const query = { pipeline_id: pipelineId, dag_run_id: dagRunId, limit: 1 }
  const found = useQuery({
    ...listExecutionsOptions({ query }),
    // A run that Airflow began by itself is known here a moment later.
    refetchInterval: ({ state }) => (state.data?.total === 0 ? 2000 : false),
  })
  const execution = found.data?.items[0]
  if (execution) return <Navigate to={`/executions/${execution.id}${search}`} replace />
  return (
    <Page title={strings.pages.executions}>
      {found.isPending && <ListSkeleton />}
      {found.isError && !found.data && <ErrorState error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && (
        <EmptyState icon={Hourglass} title={text.notHereYet} color="gray" order={1}>
          {text.notHereYetHint}
        </EmptyState>
      )}
    </Page>
  )
}
