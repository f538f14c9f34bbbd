import { Handle, type NodeProps, Position } from '@xyflow/react'
import { CircleAlert, EllipsisVertical, Plus } from 'lucide-react'
import { memo } from 'react'
import { ModuleIcon } from '@/components/ModuleIcon'
import { strings } from '@/strings'
import { useModules } from '../api/modules'
import { fedInputs } from '../model/connections'
import type { ModuleNode as ModuleNodeType } from '../model/types'
import { NodeRun } from '../run/NodeRun'
import { useRunViews } from '../run/useRunViews'
import { useDesk } from '../store/desk'
import { useEditor } from '../store/editor'
import { useTrace } from '../store/trace'
import classes from './ModuleNode.module.css'

const NONE: string[] = []

/** Any module, drawn from its row: icon, colour, inputs, output. */
export const ModuleNode = memo(function ModuleNode({ id, data, selected }: NodeProps<ModuleNodeType>) {
  const module = useModules().get(data.moduleId)
  const problems = useEditor(state => state.problems.nodes[id])
  const messages = problems?.map(problem => problem.message) ?? []
  const columns = useEditor(state => state.verdict.schemas[id]?.length)
  const state = useRunViews(shown => shown.views[id]?.status)
  const followed = useTrace(({ trace }) => trace && (trace.columns[id] ?? NONE))
  const inputs = module?.inputs ?? []
  const fed = useEditor(state => fedInputs(id, state.edges)).split('\n')
  const topOf = (position: number) => `${((position + 1) * 100) / (inputs.length + 1)}%`
  return (
    <div
      className={classes.node}
      data-selected={selected || undefined}
      data-run={state}
      data-wrong={messages.length > 0 || undefined}
      data-beside={followed?.length === 0 || undefined}
      style={{ '--module-color': module?.color ?? 'var(--mantine-color-gray-6)' } as React.CSSProperties}
    >
      <span className={classes.icon}>
        <ModuleIcon name={module?.icon} size={18} />
      </span>
      <span className={classes.text}>
        <span className={classes.label}>{data.label || module?.display_name || id}</span>
        <span className={classes.detail}>
          {followed?.length ? (
            <b>{followed.join(', ')}</b>
          ) : (
            `${module?.display_name ?? data.moduleId}${columns === undefined ? '' : ` · ${columns}`}`
          )}
        </span>
      </span>
      {messages.length > 0 && (
        <span className={classes.problem} title={messages.join('\n')}>
          <CircleAlert size={16} aria-label={messages.join(' ')} />
        </span>
      )}
      <button
        type="button"
        className={`${classes.more} nodrag`}
        aria-label={strings.editor.menu.of(data.label || id)}
        onClick={event => {
          const { left, bottom } = event.currentTarget.getBoundingClientRect()
          useEditor.getState().select(new Set([id]))
          useDesk.getState().showMenu({ x: left, y: bottom, nodeId: id })
          event.stopPropagation()
        }}
      >
        <EllipsisVertical size={14} aria-hidden />
      </button>
      {inputs.map(({ handle }, position) => (
        <Handle
          key={handle}
          id={handle}
          type="target"
          position={Position.Left}
          className={classes.handle}
          title={inputs.length > 1 ? handle : undefined}
          style={{ top: topOf(position) }}
        />
      ))}
      {inputs.map(
        ({ handle }, position) =>
          !fed.includes(handle) && (
            <button
              key={handle}
              type="button"
              className={`${classes.feed} nodrag`}
              style={{ top: topOf(position) }}
              aria-label={strings.assist.feed(data.label || id, inputs.length > 1 ? handle : null)}
              title={strings.assist.feedTitle}
              onClick={event => {
                const { left, bottom } = event.currentTarget.getBoundingClientRect()
                useDesk.getState().suggestAt({ x: left, y: bottom, nodeId: id, handle })
                event.stopPropagation()
              }}
            >
              <Plus size={12} aria-hidden />
            </button>
          ),
      )}
      <NodeRun nodeId={id} />
      {module?.has_output !== false && (
        <>
          <Handle type="source" position={Position.Right} className={classes.handle} />
          <button
            type="button"
            className={`${classes.next} nodrag`}
            aria-label={strings.assist.next(data.label || id)}
            title={strings.assist.title}
            onClick={event => {
              const { right, bottom } = event.currentTarget.getBoundingClientRect()
              useDesk.getState().suggestAt({ x: right, y: bottom, nodeId: id })
              event.stopPropagation()
            }}
          >
            <Plus size={14} aria-hidden />
          </button>
        </>
      )}
    </div>
  )
})
