@echo off
rem Tokapu's command line on Windows, from the folder where this script lies as tokapu.cmd, with the jars in lib and the options of Java in
rem java.args. Java is that of the folder runtime, else of JAVA_HOME, else the first in PATH: 17 or later.
setlocal
set "home=%~dp0"
set "java=%home%runtime\bin\java.exe"
if not exist "%java%" if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java.exe"
if not exist "%java%" set "java=java.exe"
rem Never one that lies in the current folder.
set "NoDefaultCurrentDirectoryInExePath=1"
rem Answers are UTF-8.
chcp 65001 >nul 2>nul
set "native="
if exist "%home%native\tokapu.dll" set native="-Dtokapu.native.dir=%home%native"
rem Not in a block in parentheses, which one of an argument would end.
"%java%" @"%home%java.args" %native% -cp "%home%lib\*" dev.tokapu.cli.Main %*
exit /b %errorlevel%
