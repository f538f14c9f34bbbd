import { type ConnectionLineComponentProps, getBezierPath, useStore } from '@xyflow/react'
import { useModules } from '../api/modules'
import { refusalBetween } from '../model/connections'
import type { CanvasNode } from '../model/types'
import { useEditor } from '../store/editor'
import classes from './WhyLine.module.css'

/** The edge while it is drawn: over an input that refuses it, it turns red and says why. */
export function WhyLine(line: ConnectionLineComponentProps<CanvasNode>) {
  const { fromX, fromY, toX, toY, fromPosition, toPosition, fromHandle, toHandle } = line
  const modules = useModules()
  const zoom = useStore(state => state.transform[2])
  const [path] = getBezierPath({
    sourceX: fromX,
    sourceY: fromY,
    sourcePosition: fromPosition,
    targetX: toX,
    targetY: toY,
    targetPosition: toPosition,
  })
  const { nodes, edges } = useEditor.getState()
  const isOther = toHandle && !(toHandle.nodeId === fromHandle.nodeId && toHandle.id === fromHandle.id)
  const reason = isOther ? refusalBetween(fromHandle, toHandle, nodes, edges, modules) : null
  return (
    <g data-refused={reason !== null || undefined} className={classes.line}>
      <path d={path} fill="none" className="react-flow__connection-path" />
      {reason && (
        <foreignObject
          transform={`translate(${toX} ${toY}) scale(${1 / zoom})`}
          x={14}
          y={10}
          width={260}
          height={80}
          className={classes.box}
        >
          <span className={classes.why}>{reason}</span>
        </foreignObject>
      )}
    </g>
  )
}
