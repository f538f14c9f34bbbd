import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useParams } from 'react-router'
import type { PipelineOut } from '@/api/generated'
import { getPipelineOptions } from '@/api/generated/@tanstack/react-query.gen'
import { ErrorState } from './ErrorState'
import { ListSkeleton } from './ListSkeleton'
import { Page } from './Page'
import { PipelineHeader } from './PipelineHeader'

type Props = {
  title: string
  here: 'versions' | 'schedule' | 'webhooks' | 'alerts'
  children: (pipeline: PipelineOut) => ReactNode
}

/** A page about the pipeline that the address names. */
export function PipelinePage({ title, here, children }: Props) {
  const { pipelineId = '' } = useParams()
  const pipeline = useQuery(getPipelineOptions({ path: { pipeline_id: pipelineId } }))
  return (
    <Page title={pipeline.data ? `${title} · ${pipeline.data.name}` : title}>
      {pipeline.isPending && <ListSkeleton />}
      {pipeline.isError && !pipeline.data && (
        <ErrorState error={pipeline.error} onRetry={() => void pipeline.refetch()} />
      )}
      {pipeline.data && (
        <>
          <PipelineHeader pipelineId={pipelineId} name={pipeline.data.name} here={here} />
          {children(pipeline.data)}
        </>
      )}
    </Page>
  )
}
