import { ConditionField } from '../conditions/ConditionField'
import { ExpressionField, SqlField } from '../fields/CodeField'
import { ColumnField } from '../fields/ColumnField'
import { ConnectionField } from '../fields/ConnectionField'
import { FileField } from '../fields/FileField'
import { JsonField } from '../fields/JsonField'
import { ColumnsField, ListField } from '../fields/ListField'
import { MapField } from '../fields/MapField'
import { BooleanField, ChoiceField, NumberField, TextField } from '../fields/Plain'
import { RecordField } from '../fields/RecordField'
import { RowsField } from '../fields/RowsField'
import { ScalarField } from '../fields/ScalarField'
import { TableField } from '../fields/TableField'
import { TypeField } from '../fields/TypeField'
import { VariantField } from '../fields/VariantField'
import { kindBeside } from './options'
import type { FieldProps } from './useFrame'

/** The field that edits an option, by what its value is. */
export function Field({ siblings, ...props }: FieldProps & { siblings: Readonly<Record<string, unknown>> }) {
  const kind = kindBeside(props.option, siblings)
  switch (kind.is) {
    case 'text':
      return <TextField {...props} kind={kind} />
    case 'number':
      return <NumberField {...props} kind={kind} />
    case 'boolean':
      return <BooleanField {...props} />
    case 'choice':
      return <ChoiceField {...props} kind={kind} />
    case 'scalar':
      return <ScalarField {...props} kind={kind} />
    case 'column':
      return <ColumnField {...props} />
    case 'column-type':
      return <TypeField {...props} />
    case 'connection':
      return <ConnectionField {...props} />
    case 'file-path':
      return <FileField {...props} />
    case 'table':
      return <TableField {...props} />
    case 'expression':
      return props.option.isCondition && !props.isCompact ? (
        <ConditionField {...props} />
      ) : (
        <ExpressionField {...props} />
      )
    case 'sql':
      return <SqlField {...props} />
    case 'list':
      return kind.item.is === 'column' ? <ColumnsField {...props} /> : <ListField {...props} kind={kind} />
    case 'rows':
      return <RowsField {...props} kind={kind} />
    case 'record':
      return <RecordField {...props} kind={kind} />
    case 'variants':
      return <VariantField {...props} kind={kind} />
    case 'map':
      return <MapField {...props} kind={kind} />
    case 'json':
    case 'none':
      return <JsonField {...props} />
  }
}
