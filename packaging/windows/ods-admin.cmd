@setlocal
@if not defined ODS_CONF set "ODS_CONF=%ProgramData%\ODS\ods.conf"
@"%~dp0bin\node.exe" "%~dp0bin\ods-admin" %*
