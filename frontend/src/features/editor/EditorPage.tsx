import { VisuallyHidden } from '@mantine/core'
import { ReactFlowProvider } from '@xyflow/react'
import '@xyflow/react/dist/style.css'
import { useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useLocation, useParams, useSearchParams } from 'react-router'
import { getPipeline } from '@/api/generated'
import { getVersionOptions } from '@/api/generated/@tanstack/react-query.gen'
import { useTitle } from '@/components/Page'
import { strings } from '@/strings'
import { useModules } from './api/modules'
import { useValidation } from './api/useValidation'
import { DescribeDialog } from './assist/DescribeDialog'
import { Canvas } from './canvas/Canvas'
import { ConnectDialog } from './canvas/ConnectDialog'
import { useShortcuts } from './canvas/useShortcuts'
import { ConfigPanel } from './config/ConfigPanel'
import { DraftNotice } from './DraftNotice'
import { Dock } from './dock/Dock'
import { EditorActions } from './EditorActions'
import classes from './EditorPage.module.css'
import { EMPTY_SETTINGS, toDrawing } from './model/drawing'
import { isReadable } from './model/view'
import { OptimizeDrawer } from './optimize/OptimizeDrawer'
import { ShortcutSheet } from './ShortcutSheet'
import { SettingsDrawer } from './settings/SettingsDrawer'
import { useDesk } from './store/desk'
import { useChosen, useEditor } from './store/editor'
import { Toolbar } from './Toolbar'

/** One pipeline, drawn: a new one, or the newest version of a saved one. */
export function Component() {
  const { pipelineId } = useParams()
  const isDrawn = useLocation().state?.isDrawn === true
  const [opened, open] = useState({ pipelineId, isNew: pipelineId === undefined, place: 0 })
  if (opened.pipelineId !== pipelineId) {
    // What was new goes on as the pipeline that it became: its history, its panels and what is chosen stay.
    const becameThis = opened.pipelineId === undefined && isDrawn
    const isNew = becameThis || pipelineId === undefined
    open({ pipelineId, isNew, place: becameThis ? opened.place : opened.place + 1 })
  }
  return (
    <ReactFlowProvider key={opened.place}>
      {opened.isNew || !pipelineId ? <New pipelineId={pipelineId} /> : <Saved pipelineId={pipelineId} />}
    </ReactFlowProvider>
  )
}

function New({ pipelineId }: { pipelineId: string | undefined }) {
  useEffect(() => {
    useDesk.setState({ hasRoom: true })
    useEditor.getState().load({ settings: EMPTY_SETTINGS, nodes: [], edges: [] })
  }, [])
  return <Editor pipelineId={pipelineId} />
}

function Saved({ pipelineId }: { pipelineId: string }) {
  const modules = useModules()
  // Asked again at each opening: what other pages remember may be a version before.
  const { data: pipeline } = useSuspenseQuery({
    queryKey: ['opened-pipeline', pipelineId],
    queryFn: async ({ signal }) => (await getPipeline({ path: { pipeline_id: pipelineId }, signal })).data,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })
  // The one that was opened: a save moves the pipeline on, and what is drawn is already that.
  const [revision] = useState(pipeline.revision)
  const { data: version } = useSuspenseQuery({
    ...getVersionOptions({ path: { pipeline_id: pipelineId, version: revision } }),
    staleTime: Number.POSITIVE_INFINITY,
  })
  const node = useSearchParams()[0].get('node')
  const [isLoaded, setLoaded] = useState(false)
  // Once: what is saved later is what is drawn here.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a newer answer must not overwrite what is being edited
  useEffect(() => {
    const drawing = toDrawing(version.graph, modules)
    useDesk.setState({ hasRoom: isReadable(drawing.nodes, window.innerWidth) })
    useEditor.getState().load(drawing, revision, pipelineId)
    if (node !== null) useEditor.getState().select(new Set([node]))
    setLoaded(true)
  }, [pipelineId])
  // The canvas fits what is drawn into the width that it has at first.
  return isLoaded ? <Editor pipelineId={pipelineId} /> : null
}

function Editor({ pipelineId }: { pipelineId: string | undefined }) {
  const name = useEditor(state => state.settings.name)
  const chosen = useChosen()
  useTitle(name || strings.editor.newName)
  useValidation(pipelineId)
  const isRunShown = useSearchParams()[0].has('run')
  // A panel that another pipeline left open is shut; a run in the address is what one came for.
  // biome-ignore lint/correctness/useExhaustiveDependencies: afterwards it is the person who opens and shuts it
  useEffect(
    () =>
      useDesk.setState({ dock: isRunShown ? 'run' : null, open: {}, menu: null, suggesting: null, connecting: null }),
    [],
  )
  return (
    <EditorActions pipelineId={pipelineId}>
      <div className={classes.editor}>
        <VisuallyHidden component="h1">{name || strings.editor.newName}</VisuallyHidden>
        <Toolbar />
        <DraftNotice pipelineId={pipelineId} />
        <div className={classes.body}>
          <Canvas />
          {chosen && (
            <div className={classes.side}>
              <ConfigPanel key={chosen} nodeId={chosen} />
            </div>
          )}
        </div>
        <Dock />
        <SettingsDrawer />
        <OptimizeDrawer />
        <ShortcutSheet />
        <DescribeDialog />
        <ConnectDialog />
        <Shortcuts />
      </div>
    </EditorActions>
  )
}

function Shortcuts() {
  useShortcuts()
  return null
}
