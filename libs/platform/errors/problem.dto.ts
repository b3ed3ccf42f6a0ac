import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class FieldErrorDto {
  @ApiProperty({ example: '/stage', description: 'JSON pointer to the field.' }) pointer!: string;
  @ApiProperty({ example: 'stage must be one of Dev, Test, Prod.' }) detail!: string;
}

/** RFC 9457 problem details. */
export class ProblemDto {
  @ApiProperty({ example: 'urn:ods:problem:package-not-found' }) type!: string;
  @ApiProperty({ example: 'Not Found' }) title!: string;
  @ApiProperty({ example: 404 }) status!: number;
  @ApiProperty({ example: 'There is no package "Firefox.pkg".' }) detail!: string;
  @ApiProperty({ example: 'There is no package "Firefox.pkg".', description: 'The detail again, for readers of the older form.' })
  error!: string;
  @ApiProperty({ example: 'req-1f', description: 'Names this request in the log of the server.' }) request_id!: string;
  @ApiPropertyOptional({ type: [FieldErrorDto], description: 'Faults by field, for validation errors.' })
  errors?: FieldErrorDto[];
}
